import type { Actor } from "@audiences/domain/Actor"
import type { AudienceArchived, AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { AudienceStatus } from "@audiences/domain/Membership"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { ValidationError } from "@audiences/domain/ValidationError"
import { Context, type Effect } from "effect"

/** The evaluation of DYNAMIC audiences against all consumers of their organization. */
export class Refreshes extends Context.Service<Refreshes, {
  /** Asks for a refresh; answers at once, with the status in which it is in progress. */
  readonly request: (
    actor: Actor,
    audienceId: AudienceId
  ) => Effect.Effect<AudienceStatus, ValidationError | AudienceNotFound | AudienceArchived>
  /** Does what is asked for, and publishes the outcome. Idempotent: nothing asked for, nothing done. */
  readonly run: (organizationId: OrganizationId, audienceId: AudienceId) => Effect.Effect<void>
  /** Hands every audience whose interval has passed, or whose refresh was asked for but lost, to the job queue. Returns how many. */
  readonly enqueueDue: Effect.Effect<number>
}>()("@audiences/engine/Refreshes") {}

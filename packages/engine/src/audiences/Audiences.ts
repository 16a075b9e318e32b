import type { Actor } from "@audiences/domain/Actor"
import type {
  Audience,
  AudienceArchived,
  AudienceCreate,
  AudienceFull,
  AudienceListQuery,
  AudienceNotFound,
  AudienceUpdate
} from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Page } from "@audiences/domain/Page"
import type { ValidationError } from "@audiences/domain/ValidationError"
import { Context, type Effect } from "effect"

/** Everything one can do with the definitions of audiences, whoever asks. */
export class Audiences extends Context.Service<Audiences, {
  readonly create: (actor: Actor, input: AudienceCreate) => Effect.Effect<AudienceFull, ValidationError>
  readonly get: (organizationId: OrganizationId, id: AudienceId) => Effect.Effect<AudienceFull, AudienceNotFound>
  readonly list: (organizationId: OrganizationId, query: AudienceListQuery) => Effect.Effect<Page<AudienceFull>, ValidationError>
  readonly update: (
    actor: Actor,
    id: AudienceId,
    input: AudienceUpdate
  ) => Effect.Effect<Audience, ValidationError | AudienceNotFound | AudienceArchived>
  readonly archive: (actor: Actor, id: AudienceId) => Effect.Effect<Audience, AudienceNotFound>
}>()("@audiences/engine/Audiences") {}

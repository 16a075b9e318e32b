import type { Actor } from "@audiences/domain/Actor"
import type { Audience, AudienceArchived, AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { ConsumerFull, ConsumerId, ConsumerNotFound } from "@audiences/domain/Consumer"
import type { AudienceCount, AudienceStatus, MembersAdd, MembersAdded, MembersRemove, MembersRemoved } from "@audiences/domain/Membership"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Page, PageQuery } from "@audiences/domain/Page"
import type { ValidationError } from "@audiences/domain/ValidationError"
import { Context, type Effect } from "effect"

/** Who is in which audience. */
export class Memberships extends Context.Service<Memberships, {
  readonly count: (organizationId: OrganizationId, audienceId: AudienceId) => Effect.Effect<AudienceCount, AudienceNotFound>
  readonly status: (organizationId: OrganizationId, audienceId: AudienceId) => Effect.Effect<AudienceStatus, AudienceNotFound>
  readonly list: (
    organizationId: OrganizationId,
    audienceId: AudienceId,
    query: PageQuery
  ) => Effect.Effect<Page<ConsumerFull>, AudienceNotFound | ValidationError>
  readonly add: (
    actor: Actor,
    audienceId: AudienceId,
    input: MembersAdd
  ) => Effect.Effect<MembersAdded, ValidationError | AudienceNotFound | AudienceArchived>
  readonly remove: (
    actor: Actor,
    audienceId: AudienceId,
    input: MembersRemove
  ) => Effect.Effect<MembersRemoved, ValidationError | AudienceNotFound | AudienceArchived>
  /** The live audiences that a consumer is in, ordered by name. */
  readonly ofConsumer: (
    organizationId: OrganizationId,
    consumerId: ConsumerId
  ) => Effect.Effect<ReadonlyArray<Audience>, ConsumerNotFound>
}>()("@audiences/engine/Memberships") {}

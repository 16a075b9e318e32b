import type { Actor } from "@audiences/domain/Actor"
import type {
  Consumer,
  ConsumerArchived,
  ConsumerFull,
  ConsumerId,
  ConsumerListQuery,
  ConsumerNotFound,
  ConsumersCreate,
  ConsumerUpdate
} from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Page } from "@audiences/domain/Page"
import type { ValidationError } from "@audiences/domain/ValidationError"
import { Context, type Effect } from "effect"

/** The people an organization knows. */
export class Consumers extends Context.Service<Consumers, {
  readonly list: (organizationId: OrganizationId, query: ConsumerListQuery) => Effect.Effect<Page<ConsumerFull>, ValidationError>
  readonly get: (organizationId: OrganizationId, id: ConsumerId) => Effect.Effect<ConsumerFull, ConsumerNotFound>
  /** Inserts or merges each by its identity; one that is refused refuses all. In the order given. */
  readonly batch: (actor: Actor, input: ConsumersCreate) => Effect.Effect<ReadonlyArray<Consumer>, ValidationError>
  readonly update: (
    actor: Actor,
    id: ConsumerId,
    input: ConsumerUpdate
  ) => Effect.Effect<Consumer, ValidationError | ConsumerNotFound | ConsumerArchived>
  /** Takes the consumer out of every audience at once, and frees its identifiers. */
  readonly archive: (actor: Actor, id: ConsumerId) => Effect.Effect<Consumer, ConsumerNotFound>
}>()("@audiences/engine/Consumers") {}

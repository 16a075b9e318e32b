import type { Actor } from "@audiences/domain/Actor"
import type {
  Consumer,
  ConsumerArchived,
  ConsumerFull,
  ConsumerId,
  ConsumerListQuery,
  ConsumerNotFound,
  ConsumerSort
} from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, Data, type DateTime, type Effect } from "effect"
import type { PageRequest, Slice } from "../pages/Paging.ts"
import type { ConsumerPatch } from "./ConsumerPatch.ts"
import type { Conflict } from "./Identity.ts"

/** Which consumers a list shows. `createdAfter` and `createdBefore` leave out the instant itself. */
export type ConsumerFilter = Pick<
  ConsumerListQuery,
  "archived" | "audienceId" | "createdAfter" | "createdBefore" | "search"
>

/** Some of the patches, by their index, do not tell people apart; nothing was written. */
export class IdentityConflicts extends Data.TaggedError("IdentityConflicts")<{
  readonly entries: ReadonlyArray<{ readonly index: number; readonly conflicts: ReadonlyArray<Conflict> }>
}> {}

/** Where consumers are kept. Every method is scoped to one organization. */
export class ConsumerRepo extends Context.Service<
  ConsumerRepo,
  {
    readonly list: (
      organizationId: OrganizationId,
      filter: ConsumerFilter,
      request: PageRequest<ConsumerSort>
    ) => Effect.Effect<Slice<ConsumerFull>>
    readonly get: (organizationId: OrganizationId, id: ConsumerId) => Effect.Effect<ConsumerFull, ConsumerNotFound>
    /** Inserts or merges each patch by its identity, all or none. In the order given. */
    readonly merge: (
      actor: Actor,
      now: DateTime.Utc,
      patches: ReadonlyArray<ConsumerPatch>
    ) => Effect.Effect<ReadonlyArray<Consumer>, IdentityConflicts>
    readonly update: (
      actor: Actor,
      now: DateTime.Utc,
      id: ConsumerId,
      patch: ConsumerPatch
    ) => Effect.Effect<Consumer, ConsumerNotFound | ConsumerArchived | IdentityConflicts>
    /** Idempotent: an archived consumer stays as it is, and an erased one is blank already. */
    readonly archive: (
      actor: Actor,
      now: DateTime.Utc,
      id: ConsumerId,
      erase: boolean
    ) => Effect.Effect<Consumer, ConsumerNotFound>
  }
>()("@audiences/engine/ConsumerRepo") {}

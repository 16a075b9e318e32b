import type { Actor } from "@audiences/domain/Actor"
import type {
  Consumer,
  ConsumerArchived,
  ConsumerArchiveQuery,
  ConsumerFull,
  ConsumerId,
  ConsumerListQuery,
  ConsumerNotFound,
  ConsumersCreate,
  ConsumerSort,
  ConsumerUpdate
} from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Page } from "@audiences/domain/Page"
import { type Problem, refuse, type ValidationError } from "@audiences/domain/ValidationError"
import { Context, Effect, Layer } from "effect"
import { DatabaseClock } from "../DatabaseClock.ts"
import { paging } from "../pages/Paging.ts"
import { patchOfCreate, patchOfUpdate } from "./ConsumerPatch.ts"
import { ConsumerRepo } from "./ConsumerRepo.ts"
import { conflictMessage, type Identifier } from "./Identity.ts"

const pages = paging<ConsumerSort>("consumers", {
  createdAt: "instant",
  email: "text",
  fullName: "text",
  lastOrderAt: "instant",
  ltv: "money",
  totalOrders: "number"
})

const batchProblem = (index: number, identifier: Identifier, message: string): Problem => ({
  path: ["consumers", index, identifier],
  message,
  type: "unique",
  expected: "one consumer for all identifiers"
})

/** The people an organization knows. */
export class Consumers extends Context.Service<
  Consumers,
  {
    readonly list: (
      organizationId: OrganizationId,
      query: ConsumerListQuery
    ) => Effect.Effect<Page<ConsumerFull>, ValidationError>
    readonly get: (organizationId: OrganizationId, id: ConsumerId) => Effect.Effect<ConsumerFull, ConsumerNotFound>
    /** Inserts or merges each by its identity; one that is refused refuses all. In the order given. */
    readonly batch: (actor: Actor, input: ConsumersCreate) => Effect.Effect<ReadonlyArray<Consumer>, ValidationError>
    readonly update: (
      actor: Actor,
      id: ConsumerId,
      input: ConsumerUpdate
    ) => Effect.Effect<Consumer, ValidationError | ConsumerNotFound | ConsumerArchived>
    /** Takes the consumer out of every audience at once, and frees its identifiers; what is known of it can be erased for good. */
    readonly archive: (
      actor: Actor,
      id: ConsumerId,
      query?: ConsumerArchiveQuery
    ) => Effect.Effect<Consumer, ConsumerNotFound>
  }
>()("@audiences/engine/Consumers") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* ConsumerRepo
      const clock = yield* DatabaseClock

      const list = Effect.fn("Consumers.list")(function* (organizationId: OrganizationId, query: ConsumerListQuery) {
        const slice = yield* repo.list(organizationId, query, yield* pages.request(query))
        return pages.page(query, slice)
      })

      const batch = Effect.fn("Consumers.batch")(function* (actor: Actor, input: ConsumersCreate) {
        if (input.consumers.length === 0) return []
        return yield* repo.merge(actor, yield* clock.now, input.consumers.map(patchOfCreate)).pipe(
          Effect.catchTag("IdentityConflicts", ({ entries }) =>
            Effect.fail(
              refuse(
                input,
                entries.flatMap(({ index, conflicts }) =>
                  conflicts.map((conflict) =>
                    batchProblem(index, conflict.identifier, conflictMessage(index, conflict))
                  )
                )
              )
            )
          )
        )
      })

      const update = Effect.fn("Consumers.update")(function* (actor: Actor, id: ConsumerId, input: ConsumerUpdate) {
        return yield* repo.update(actor, yield* clock.now, id, patchOfUpdate(input)).pipe(
          Effect.catchTag("IdentityConflicts", ({ entries }) =>
            Effect.fail(
              refuse(
                input,
                entries.flatMap(({ index, conflicts }) =>
                  conflicts.map((conflict) => ({
                    path: [conflict.identifier],
                    message: conflictMessage(index, conflict),
                    type: "unique"
                  }))
                )
              )
            )
          )
        )
      })

      const archive = Effect.fn("Consumers.archive")(function* (
        actor: Actor,
        id: ConsumerId,
        { erase = false }: ConsumerArchiveQuery = {}
      ) {
        return yield* repo.archive(actor, yield* clock.now, id, erase)
      })

      return Consumers.of({ list, get: repo.get, batch, update, archive })
    })
  )
}

import type { OrganizationId } from "@audiences/domain/Organization"
import { Uuid } from "@audiences/domain/Uuid"
import { Context, DateTime, Effect, Layer } from "effect"
import { DatabaseClock } from "../DatabaseClock.ts"
import { PublicationFeed } from "../memberships/PublicationFeed.ts"
import { PublisherRepo } from "./PublisherRepo.ts"

/** Keeps the membership of DYNAMIC audiences up with what is written and what time it is. */
export class Publishers extends Context.Service<
  Publishers,
  {
    /** The organizations in which this process has something to follow. */
    readonly due: Effect.Effect<ReadonlyArray<OrganizationId>>
    /** Follows one batch, and tells every process. True: there is more to follow. */
    readonly follow: (organizationId: OrganizationId) => Effect.Effect<boolean>
    /** Deletes changes that are followed and a day old. */
    readonly prune: Effect.Effect<void>
  }
>()("@audiences/engine/Publishers") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* PublisherRepo
      const feed = yield* PublicationFeed
      const clock = yield* DatabaseClock
      const holder = yield* yield* Uuid

      const due = Effect.flatMap(clock.now, (now) => repo.due(holder, now)).pipe(Effect.withSpan("Publishers.due"))

      const follow = Effect.fn("Publishers.follow")(function* (organizationId: OrganizationId) {
        const { announces, behind } = yield* repo.follow(organizationId, holder, yield* clock.now)
        if (announces) yield* feed.announce(organizationId)
        return behind
      })

      const prune = Effect.gen(function* () {
        const before = DateTime.subtract(yield* clock.now, { days: 1 })
        yield* Effect.repeat(repo.prune(before), { while: (pruned) => pruned > 0 })
      }).pipe(Effect.withSpan("Publishers.prune"))

      return Publishers.of({ due, follow, prune })
    })
  )
}

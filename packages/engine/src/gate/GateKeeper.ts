import type { AudienceId } from "@audiences/domain/AudienceId"
import type { ConsumerId } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Clock, Context, DateTime, Effect, Fiber, Layer, Option, Queue, Stream } from "effect"
import { DatabaseClock } from "../DatabaseClock.ts"
import { PublicationFeed } from "../memberships/PublicationFeed.ts"
import { GateLimits } from "./GateLimits.ts"
import { GateMemory } from "./GateMemory.ts"
import { GateRepo, type KnownMembership } from "./GateRepo.ts"
import { makeKnownConsumers } from "./KnownConsumers.ts"
import type { LoadedMembership } from "./LoadedMembership.ts"
import { makeReach } from "./Reach.ts"

/** Memberships of one statement. */
const readAtOnce = 500

/** Milliseconds between two looks, however much is announced. */
const restMillis = 20

/** The memory of a gate, and what keeps it true. Nothing fails here: of what cannot be had in time there is none. */
export class GateKeeper extends Context.Service<
  GateKeeper,
  {
    readonly memory: GateMemory
    /** Of our clock, in milliseconds. */
    readonly now: () => number
    /** Reads a membership, or what changed of it. None: nobody can tell; some none: no such audience. */
    readonly load: (
      organizationId: OrganizationId,
      audienceId: AudienceId
    ) => Effect.Effect<Option.Option<Option.Option<LoadedMembership>>>
    /** The ordinal of a consumer. None: nobody can tell; some none: no such consumer. */
    readonly ordinalOf: (
      organizationId: OrganizationId,
      consumerId: ConsumerId
    ) => Effect.Effect<Option.Option<Option.Option<number>>>
    /** The answer to any question to the database; none: not in time. */
    readonly inTime: <A>(question: Effect.Effect<A>) => Effect.Effect<Option.Option<A>>
  }
>()("@audiences/engine/GateKeeper") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* GateRepo
      const databaseClock = yield* DatabaseClock
      const feed = yield* PublicationFeed
      const clock = yield* Clock.Clock
      const limits = yield* GateLimits
      const memory = new GateMemory(limits.bytes)
      const reach = makeReach(yield* Effect.scope, limits.patienceMillis)
      const now = () => clock.currentTimeMillisUnsafe()

      const read = Effect.fnUntraced(function* (known: ReadonlyArray<KnownMembership>) {
        const own = now()
        const at = yield* databaseClock.now
        const found = yield* repo.read(known, at)
        const asked = { own, database: DateTime.toEpochMillis(at) }
        for (const each of found) memory.keep(each, asked)
        const there = new Set(found.map(({ audienceId }) => audienceId))
        for (const { audienceId, organizationId } of known) {
          if (!there.has(audienceId)) memory.forget(organizationId, audienceId)
        }
      })

      const loading = new Map<string, Fiber.Fiber<Option.Option<Option.Option<LoadedMembership>>>>()
      const startLoading = Effect.fnUntraced(function* (organizationId: OrganizationId, audienceId: AudienceId) {
        const key = organizationId + audienceId
        const version = memory.membership(organizationId, audienceId)?.published.version ?? null
        const fiber = yield* reach.apart(
          read([{ organizationId, audienceId, version }]).pipe(
            // Before it may be dropped again: what is too large for memory is answered from all the same.
            Effect.map(() => Option.fromUndefinedOr(memory.membership(organizationId, audienceId))),
            Effect.tap(() => Effect.sync(() => memory.trim())),
            Effect.ensuring(Effect.sync(() => loading.delete(key)))
          )
        )
        loading.set(key, fiber)
        return fiber
      })

      // One load for all who wait for it; it goes on when they have gone, for those who come later.
      const load = Effect.fnUntraced(function* (organizationId: OrganizationId, audienceId: AudienceId) {
        const loaded = yield* reach.inTime(
          Effect.flatMap(
            Effect.suspend(() => {
              const running = loading.get(organizationId + audienceId)
              return running === undefined ? startLoading(organizationId, audienceId) : Effect.succeed(running)
            }),
            Fiber.join
          )
        )
        return Option.flatten(loaded)
      })

      const look = Effect.fnUntraced(function* (organizationId?: OrganizationId) {
        const known = memory.memberships(organizationId).map(({ published }) => published)
        for (let from = 0; from < known.length; from += readAtOnce) yield* read(known.slice(from, from + readAtOnce))
        if (known.length === 0 && reach.isLost()) yield* databaseClock.now
        memory.trim()
      })

      const { announced, wake } = yield* listening(feed)
      let lookedAt = 0
      const lookAround = Effect.suspend(() => {
        const organizations = [...announced]
        announced.clear()
        if (now() - lookedAt < limits.lookEveryMillis) return Effect.forEach(organizations, look, { discard: true })
        lookedAt = now()
        return look()
      })
      yield* reach
        .probe(lookAround)
        .pipe(
          Effect.andThen(Effect.sleep(restMillis)),
          Effect.andThen(Effect.raceFirst(Queue.take(wake), Effect.sleep(limits.lookEveryMillis))),
          Effect.forever,
          Effect.forkScoped
        )

      return GateKeeper.of({
        memory,
        now,
        load,
        ordinalOf: makeKnownConsumers(repo, memory, reach).ordinalOf,
        inTime: reach.inTime
      })
    })
  )
}

/** Gathers the organizations whose publications are announced; `wake` tells that there is one. */
const listening = Effect.fnUntraced(function* (feed: PublicationFeed["Service"]) {
  const announced = new Set<OrganizationId>()
  const wake = yield* Queue.sliding<void>(1)
  yield* feed.announcements.pipe(
    Stream.runForEach((organizationId) => {
      announced.add(organizationId)
      return Queue.offer(wake, undefined)
    }),
    Effect.forkScoped
  )
  return { announced, wake }
})

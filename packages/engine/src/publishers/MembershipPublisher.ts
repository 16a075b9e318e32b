import type { OrganizationId } from "@audiences/domain/Organization"
import { Effect, Layer, Schedule, Semaphore } from "effect"
import { Publishers } from "./Publishers.ts"

/** How long what is written gathers before it is published, and how often is looked for it. */
const gather = "100 millis"

/** Organizations that one process follows at a time: each takes a connection and, for a while, the processor. */
const concurrency = 4

/** Follows whatever organization has something to follow, for as long as the layer lives. */
export const MembershipPublisher = Layer.effectDiscard(
  Effect.gen(function* () {
    const publishers = yield* Publishers
    const places = yield* Semaphore.make(concurrency)
    const busy = new Set<OrganizationId>()

    const follow = (organizationId: OrganizationId) =>
      // A batch at a time: whoever has much to follow gives way to the others after each.
      Effect.repeat(places.withPermit(publishers.follow(organizationId)), { while: (behind) => behind }).pipe(
        // The pause keeps an organization that fails from taking all places.
        Effect.catchCause((cause) =>
          Effect.andThen(
            Effect.logError("Following an organization failed; it will be tried again", cause),
            Effect.sleep("1 second")
          )
        ),
        Effect.ensuring(Effect.sync(() => busy.delete(organizationId))),
        Effect.annotateLogs({ organizationId })
      )

    const look = Effect.gen(function* () {
      for (const organizationId of yield* publishers.due) {
        if (busy.has(organizationId)) continue
        busy.add(organizationId)
        yield* Effect.forkScoped(follow(organizationId))
      }
    })

    yield* look.pipe(
      Effect.catchCause((cause) =>
        Effect.andThen(Effect.logError("Looking for what to follow failed", cause), Effect.sleep("1 second"))
      ),
      Effect.repeat(Schedule.spaced(gather)),
      Effect.forkScoped
    )
    yield* publishers.prune.pipe(
      Effect.catchCause((cause) => Effect.logError("Pruning the change feed failed", cause)),
      Effect.repeat(Schedule.spaced("10 minutes")),
      Effect.forkScoped
    )
  })
)

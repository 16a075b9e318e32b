import { Effect, Layer, Schedule } from "effect"
import { Rfm } from "./Rfm.ts"

/** Looks for scorings that are due, every two seconds for as long as the layer lives. */
export const RfmScheduler = Layer.effectDiscard(
  Effect.gen(function* () {
    const rfm = yield* Rfm
    yield* rfm.enqueueDue.pipe(
      Effect.catchCause((cause) => Effect.logError("Looking for due scorings failed", cause)),
      Effect.repeat(Schedule.spaced("2 seconds")),
      Effect.forkScoped
    )
  })
)

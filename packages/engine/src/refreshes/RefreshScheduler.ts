import { Effect, Layer, Schedule } from "effect"
import { Refreshes } from "./Refreshes.ts"

/** Looks for refreshes that are due, every second for as long as the layer lives. */
export const RefreshScheduler = Layer.effectDiscard(
  Effect.gen(function* () {
    const refreshes = yield* Refreshes
    yield* refreshes.enqueueDue.pipe(
      Effect.catchCause((cause) => Effect.logError("Looking for due refreshes failed", cause)),
      Effect.repeat(Schedule.spaced("1 second")),
      Effect.forkScoped
    )
  })
)

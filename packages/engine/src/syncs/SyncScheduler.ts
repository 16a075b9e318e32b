import { Effect, Layer, Schedule } from "effect"
import { Syncs } from "./Syncs.ts"

/** Looks for syncs that are due, every two seconds for as long as the layer lives. */
export const SyncScheduler = Layer.effectDiscard(
  Effect.gen(function* () {
    const syncs = yield* Syncs
    yield* syncs.enqueueDue.pipe(
      Effect.catchCause((cause) => Effect.logError("Looking for due syncs failed", cause)),
      Effect.repeat(Schedule.spaced("2 seconds")),
      Effect.forkScoped
    )
  })
)

import { Effect, Layer, Schedule } from "effect"
import { UndoRetention } from "./UndoRetention.ts"

/** Deletes, every hour for as long as the layer lives, what undoing imports takes, of those that are too old to be undone. */
export const UndoPruning = Layer.effectDiscard(
  Effect.gen(function* () {
    const { prune } = yield* UndoRetention
    yield* prune.pipe(
      Effect.catchCause((cause) => Effect.logError("Pruning what undoing imports takes failed", cause)),
      Effect.repeat(Schedule.spaced("1 hour")),
      Effect.forkScoped
    )
  })
)

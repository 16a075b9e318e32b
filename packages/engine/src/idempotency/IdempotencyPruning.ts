import { Effect, Layer, Schedule } from "effect"
import { Idempotency } from "./Idempotency.ts"

/** Deletes, every ten minutes for as long as the layer lives, the answers that have been kept long enough. */
export const IdempotencyPruning = Layer.effectDiscard(
  Effect.gen(function* () {
    const { prune } = yield* Idempotency
    yield* prune.pipe(
      Effect.catchCause((cause) => Effect.logError("Pruning idempotency keys failed", cause)),
      Effect.repeat(Schedule.spaced("10 minutes")),
      Effect.forkScoped
    )
  })
)

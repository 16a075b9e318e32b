import { Effect, Layer, Schedule } from "effect"
import { Versions } from "./Versions.ts"

/** Every ten minutes for as long as the layer lives. */
export const VersionKeeping = Layer.effectDiscard(
  Effect.gen(function* () {
    const { keep } = yield* Versions
    yield* keep.pipe(
      Effect.catchCause((cause) => Effect.logError("Keeping versions failed", cause)),
      Effect.repeat(Schedule.spaced("10 minutes")),
      Effect.forkScoped
    )
  })
)

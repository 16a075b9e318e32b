import { Context, Effect, Layer } from "effect"
import { DatabaseClock } from "../../DatabaseClock.ts"
import { UndoRetentionRepo } from "./UndoRetentionRepo.ts"

/** How long imports can be undone. */
export class UndoRetention extends Context.Service<
  UndoRetention,
  {
    /** Deletes what undoing takes, of every import that is too old for it. */
    readonly prune: Effect.Effect<void>
  }
>()("@audiences/engine/UndoRetention") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* UndoRetentionRepo
      const clock = yield* DatabaseClock
      const prune = Effect.flatMap(clock.now, repo.forgetNext).pipe(
        Effect.repeat({ while: (forgot) => forgot }),
        Effect.asVoid,
        Effect.withSpan("UndoRetention.prune")
      )
      return UndoRetention.of({ prune })
    })
  )
}

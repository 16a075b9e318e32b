import { Effect, Layer, Schedule } from "effect"
import { AuditLog } from "./AuditLog.ts"

/** Deletes, every hour for as long as the layer lives, what organizations keep no longer of their audit logs. */
export const AuditPruning = Layer.effectDiscard(
  Effect.gen(function* () {
    const { prune } = yield* AuditLog
    yield* prune.pipe(
      Effect.catchCause((cause) => Effect.logError("Pruning the audit log failed", cause)),
      Effect.repeat(Schedule.spaced("1 hour")),
      Effect.forkScoped
    )
  })
)

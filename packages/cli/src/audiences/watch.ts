import { Effect } from "effect"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { AudienceStatus } from "@audiences/domain/Membership"
import { Progress } from "../output/Progress.ts"

const pause = "250 millis"

/** Waits until the membership of an audience is as wanted, and shows how far its evaluation is. */
export const watchAudience = Effect.fnUntraced(
  function* (audienceId: AudienceId, begun: AudienceStatus, isDone: (now: AudienceStatus) => boolean) {
    const { audiences } = yield* AudiencesClient
    const progress = yield* Progress
    const most = begun.pendingShards ?? 0
    let now = begun
    while (!isDone(now)) {
      const left = now.pendingShards ?? 0
      yield* progress.show({
        label: now.inProgress ? "Refreshing" : "Waiting",
        ...(now.inProgress && most > 0 ? { percent: 100 * (1 - Math.min(left, most) / most) } : {}),
        details: []
      })
      yield* Effect.sleep(pause)
      now = yield* audiences.status({ params: { audienceId } })
    }
    return now
  },
  Effect.ensuring(Effect.flatMap(Progress, ({ end }) => end)),
  Effect.provide(Progress.layer)
)

import { Effect } from "effect"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { AudienceGroupId } from "@audiences/domain/AudienceGroup"
import type { RfmGroup } from "@audiences/domain/Rfm"
import { Progress } from "../../output/Progress.ts"
import { settled } from "../SettledAudiences.ts"

const pause = "250 millis"

/** Waits until no scoring is in progress, and shows how many ranks it has changed. */
const scored = Effect.fnUntraced(
  function* (begun: RfmGroup) {
    const { rfm } = yield* AudiencesClient
    const progress = yield* Progress
    let now = begun
    while (now.inProgress) {
      const changed = now.latestRun?.completedAt === null ? now.latestRun.changedCount : 0
      yield* progress.show({ label: "Scoring", details: changed === 0 ? [] : [`${changed} ranks changed`] })
      yield* Effect.sleep(pause)
      now = yield* rfm.get({ params: { groupId: AudienceGroupId.make(begun.groupId) } })
    }
    return now
  },
  Effect.ensuring(Effect.flatMap(Progress, ({ end }) => end)),
  Effect.provide(Progress.layer)
)

/** Waits until consumers are scored and the segments show it. */
export const watchRfm = Effect.fnUntraced(function* (begun: RfmGroup) {
  const group = yield* scored(begun)
  yield* settled(group.audiences)
  return group
})

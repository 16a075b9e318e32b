import { Effect } from "effect"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { SyncProgress, SyncSourceFull, SyncSourceId } from "@audiences/domain/SyncSource"
import { Progress } from "../output/Progress.ts"

const pause = "250 millis"

const grouped = (count: number): string => count.toLocaleString("en-US")

/** Of how many profiles the vendor speaks; undefined where it does not tell. */
const membersOf = ({ sourceData }: SyncSourceFull): number | undefined =>
  typeof sourceData?.memberCount === "number" ? sourceData.memberCount : undefined

const stateOf = (source: SyncSourceFull, { phase, profilesApplied, profilesRead }: SyncProgress) => {
  const [done, all] = phase === "reading" ? [profilesRead, membersOf(source)] : [profilesApplied, profilesRead]
  return {
    label: phase === "reading" ? "Reading" : "Applying",
    ...(all === undefined || all === 0 ? {} : { percent: 100 * Math.min(1, done / all) }),
    details: [all === undefined ? `${grouped(done)} profiles` : `${grouped(done)} of ${grouped(all)} profiles`]
  }
}

/** Follows the sync of a source until it is over, or put off, and shows how it gets on. */
export const watchSync = Effect.fn("syncs.watch")(
  function* (id: SyncSourceId) {
    const { syncSources } = yield* AudiencesClient
    const progress = yield* Progress
    for (;;) {
      const now = yield* syncSources.get({ params: { id } })
      if (now.progress === null || now.progress.retryAt !== null) return now
      yield* progress.show(stateOf(now, now.progress))
      yield* Effect.sleep(pause)
    }
  },
  Effect.ensuring(Effect.flatMap(Progress, ({ end }) => end)),
  Effect.provide(Progress.layer)
)

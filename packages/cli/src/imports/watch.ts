import { Clock, Effect } from "effect"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { Import, ImportId } from "@audiences/domain/Import"
import { Progress } from "../output/Progress.ts"
import { ImportFailed } from "./ImportFailed.ts"

const pause = "250 millis"

const grouped = (count: number): string => Math.round(count).toLocaleString("en-US")

const stateOf = (now: Import, elapsedMillis: number) => ({
  label: now.status === "PENDING" ? "Waiting" : "Importing",
  ...(now.status === "PENDING" ? {} : { percent: now.progress }),
  details: [
    now.totalConsumers == null
      ? `${grouped(now.processedConsumers)} rows`
      : `${grouped(now.processedConsumers)} of ${grouped(now.totalConsumers)} rows`,
    ...(elapsedMillis > 0 ? [`${grouped((now.processedConsumers / elapsedMillis) * 1000)} rows/s`] : []),
    ...(now.errorCount > 0 ? [`${grouped(now.errorCount)} refused`] : [])
  ]
})

/** Follows an import until it is over, and shows how it gets on. */
export const watchImport = Effect.fn("imports.watch")(
  function* (audienceId: AudienceId, importId: ImportId) {
    const { imports } = yield* AudiencesClient
    const progress = yield* Progress
    // Rows per second count from when the first rows were seen, not from the upload.
    let startedAt: number | undefined
    for (;;) {
      const now = yield* imports.latest({ params: { audienceId } })
      if (now.id !== importId)
        return yield* new ImportFailed({
          message: "Another import of this audience has begun; this one can no longer be followed"
        })
      if (now.status === "COMPLETED" || now.status === "FAILED") return now
      const at = yield* Clock.currentTimeMillis
      if (now.status === "PROCESSING") startedAt ??= at
      yield* progress.show(stateOf(now, startedAt === undefined ? 0 : at - startedAt))
      yield* Effect.sleep(pause)
    }
  },
  Effect.ensuring(Effect.flatMap(Progress, ({ end }) => end))
)

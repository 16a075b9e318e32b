import { Clock, Effect } from "effect"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { FileImport, ImportId } from "@audiences/domain/Import"
import { note } from "../output/Output.ts"
import { Progress } from "../output/Progress.ts"
import { type ImportPlace, importsOf, typedCommand } from "./ImportPlace.ts"
import { remainingText } from "./Remaining.ts"

const pause = "250 millis"

const grouped = (count: number): string => Math.round(count).toLocaleString("en-US")

/** Where an import was when it was first seen at work: its pace counts from there, not from the upload. */
interface Beginning {
  readonly at: number
  readonly rows: number
}

const paceOf = (now: FileImport, at: number, beginning: Beginning): number =>
  at === beginning.at ? 0 : ((now.processedConsumers - beginning.rows) / (at - beginning.at)) * 1000

const stateOf = (now: FileImport, rowsPerSecond: number) => ({
  label: now.status === "PENDING" ? "Waiting" : "Importing",
  ...(now.status === "PENDING" ? {} : { percent: now.progress }),
  details: [
    now.totalConsumers == null
      ? `${grouped(now.processedConsumers)} rows`
      : `${grouped(now.processedConsumers)} of ${grouped(now.totalConsumers)} rows`,
    ...(rowsPerSecond > 0 ? [`${grouped(rowsPerSecond)} rows/s`] : []),
    ...(rowsPerSecond > 0 && now.totalConsumers != null
      ? [remainingText(now.totalConsumers - now.processedConsumers, rowsPerSecond)]
      : []),
    ...(now.errorCount > 0 ? [`${grouped(now.errorCount)} refused`] : [])
  ]
})

/** The latest import of an audience is every host's to tell; another one than that, only ours'. */
const read = Effect.fnUntraced(function* (place: ImportPlace, importId: ImportId) {
  if (place._tag === "Audience") {
    const { imports } = yield* AudiencesClient
    const latest = yield* imports.latest({ params: { audienceId: place.audienceId } })
    if (latest.id === importId) return latest
  }
  return yield* (yield* importsOf(place)).get(importId)
})

/** Follows an import until it is over, and shows how it gets on. Whoever stops following does not stop it. */
export const watchImport = Effect.fn("imports.watch")(
  function* (place: ImportPlace, importId: ImportId) {
    const progress = yield* Progress
    let beginning: Beginning | undefined
    for (;;) {
      const now: FileImport = yield* read(place, importId)
      if (now.status === "COMPLETED" || now.status === "FAILED") return now
      const at = yield* Clock.currentTimeMillis
      if (now.status === "PROCESSING" && now.totalConsumers != null) beginning ??= { at, rows: now.processedConsumers }
      yield* progress.show(stateOf(now, beginning === undefined ? 0 : paceOf(now, at, beginning)))
      yield* Effect.sleep(pause)
    }
  },
  Effect.ensuring(Effect.flatMap(Progress, ({ end }) => end)),
  (following, place, importId) =>
    Effect.onInterrupt(following, () =>
      note(
        `The import goes on. \`${typedCommand(place, "show", importId)}\` tells how it is, ` +
          `\`${typedCommand(place, "cancel", importId)}\` stops it.`
      )
    )
)

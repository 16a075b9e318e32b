import { Effect } from "effect"
import type { FileImport } from "@audiences/domain/Import"
import { note, printRecord } from "../output/Output.ts"
import { ImportFailed } from "./ImportFailed.ts"
import type { ImportPlace } from "./ImportPlace.ts"
import { rowErrorLines } from "./RowErrors.ts"

const grouped = (count: number): string => count.toLocaleString("en-US")

/** What became of the rows, where the host tells. */
const partition = ({ createdRows, duplicateRows, rejectedRows, unchangedRows, updatedRows }: FileImport): string => {
  const counts = {
    created: createdRows,
    updated: updatedRows,
    unchanged: unchangedRows,
    duplicate: duplicateRows,
    refused: rejectedRows
  }
  const told = Object.entries(counts).flatMap(([name, count]) =>
    count === undefined ? [] : [`${grouped(count)} ${name}`]
  )
  return told.length === 0 ? "" : `: ${told.join(", ")}`
}

/** Prints an import that is over, and says what became of its rows. Fails when it failed. */
export const report = Effect.fnUntraced(function* (place: ImportPlace, done: FileImport, elapsedMillis: number) {
  const { errors: _, ...fields } = done
  yield* printRecord(done, Object.entries(fields))
  for (const line of rowErrorLines(place, done)) yield* note(line)
  if (done.status === "FAILED") {
    return yield* new ImportFailed({
      message: `The import failed${done.failureReason == null ? "" : `: ${done.failureReason}`}`
    })
  }
  yield* note(`${grouped(done.processedConsumers)} rows in ${(elapsedMillis / 1000).toFixed(1)} s${partition(done)}.`)
  if (done.dryRun === true) yield* note("It was a dry run: nothing has been written.")
})

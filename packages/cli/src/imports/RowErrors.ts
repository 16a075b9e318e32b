import type { FileImport } from "@audiences/domain/Import"
import { issueLine } from "../failures/Issue.ts"
import { printable } from "../output/Printable.ts"
import { type ImportPlace, typedCommand } from "./ImportPlace.ts"

const shownRows = 10

/** The rows that were refused, each with its reasons, as far as a person wants to read them. */
export const rowErrorLines = (place: ImportPlace, { errorCount, errors, id }: FileImport): ReadonlyArray<string> => {
  if (errorCount === 0) return []
  const shown = (errors ?? []).slice(0, shownRows)
  const rest = errorCount - shown.length
  return [
    `${errorCount} ${errorCount === 1 ? "row was" : "rows were"} refused:`,
    ...shown.map(({ issues, row }) => printable(`  line ${row}: ${issues.map(issueLine).join("; ")}`)),
    ...(rest > 0 ? [`  and ${rest} more; \`${typedCommand(place, "errors", id)}\` downloads all.`] : [])
  ]
}

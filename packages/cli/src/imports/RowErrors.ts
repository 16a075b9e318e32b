import type { FileImport } from "@audiences/domain/Import"
import { issueLine } from "../failures/Issue.ts"
import { printable } from "../output/Printable.ts"

const shownRows = 10

const all = (audienceId: string | undefined, id: string): string =>
  audienceId === undefined ? "" : `; \`audiences imports errors ${audienceId} ${id}\` downloads all`

/** The rows that were refused, each with its reasons, as far as a person wants to read them. */
export const rowErrorLines = ({
  audienceId,
  errorCount,
  errors,
  id
}: FileImport & { readonly audienceId?: string }): ReadonlyArray<string> => {
  if (errorCount === 0) return []
  const shown = (errors ?? []).slice(0, shownRows)
  const rest = errorCount - shown.length
  return [
    `${errorCount} ${errorCount === 1 ? "row was" : "rows were"} refused:`,
    ...shown.map(({ issues, row }) => printable(`  line ${row}: ${issues.map(issueLine).join("; ")}`)),
    ...(rest > 0 ? [`  and ${rest} more${all(audienceId, id)}.`] : [])
  ]
}

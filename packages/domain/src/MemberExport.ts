import { Schema } from "effect"
import { BooleanFromString } from "./Page.ts"

/** CSV that an import takes as it is, or one JSON object a line. */
export const ExportFormat = Schema.Literals(["csv", "ndjson"])
export type ExportFormat = typeof ExportFormat.Type

export const exportContentTypes: Readonly<Record<ExportFormat, string>> = {
  csv: "text/csv",
  ndjson: "application/x-ndjson"
}

export const memberExportQuery = {
  /** `csv` unless given. */
  format: Schema.optionalKey(ExportFormat),
  /** An apostrophe before cells that a spreadsheet would run as formulas; an import with the same parameter takes it off. */
  spreadsheet: Schema.optionalKey(BooleanFromString)
}
export type MemberExportQuery = Schema.Struct.Type<typeof memberExportQuery>

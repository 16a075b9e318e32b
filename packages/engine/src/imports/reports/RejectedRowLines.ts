import type { ValidationIssue } from "@audiences/domain/ValidationError"
import { errorColumn } from "../rows/ErrorColumn.ts"
import type { FileForm, ReportedRow } from "./ImportReportRepo.ts"

/** In quotes stands what holds any delimiter: which one parts the file must stay as plain as it was. */
const quoted = (cell: string): string => (/[",;\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

const csvLine = (cells: ReadonlyArray<string>, delimiter: string): string => `${cells.map(quoted).join(delimiter)}\r\n`

const inWords = ({ message, path }: ValidationIssue): string =>
  path.length === 0 ? message : `${path.map(({ key }) => key).join(".")}: ${message}`

/** Begins with a word of ours: no spreadsheet takes it for a formula. */
const reason = ({ issues, line }: ReportedRow): string => `Line ${line}: ${issues.map(inWords).join("; ")}`

const delimiterOf = (form: FileForm | null): string => form?.delimiter ?? ","

export const reportHeader = (form: FileForm | null): string =>
  csvLine([errorColumn, ...(form?.header ?? [])], delimiterOf(form))

/** A rejected row behind its reasons: in front, they stand under their header however many cells the row has. */
export const reportLine = (row: ReportedRow, form: FileForm | null): string =>
  csvLine([reason(row), ...(row.cells ?? [])], delimiterOf(form))

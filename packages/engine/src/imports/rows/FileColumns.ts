import { type ColumnMapping, maxColumns } from "@audiences/domain/ColumnMapping"
import type { Problem } from "@audiences/domain/ValidationError"
import { errorColumn } from "./ErrorColumn.ts"
import { FileRefused } from "../FileRefused.ts"

/** What the columns of one kind of file can be. */
export interface ColumnKinds<Column> {
  /** Whom or what a row is about, for people: `a consumer`. */
  readonly subject: string
  /** What a column is by its name in the header. */
  readonly named: (header: string) => Column
  /** What a mapping says that a column is; undefined: there is no such field. */
  readonly field: (name: string) => Column | undefined
  readonly leftOut: Column
  /** What two columns of one file cannot both be; undefined: any number of columns can. */
  readonly meaning: (column: Column) => string | undefined
  /** Throws `FileRefused` when columns that every file must have are missing. */
  readonly demand: (columns: ReadonlyArray<Column>, headers: ReadonlyArray<string>, line: number) => void
}

/** `Last Order At`, `last_order_at` and `lastOrderAt` are one. */
export const forgiving = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "")

/** How many names of columns a message lists. */
const listed = 20

/** Names of columns for people. */
export const columnList = (headers: ReadonlyArray<string>): string =>
  headers
    .slice(0, listed)
    .map((header) => JSON.stringify(header.length > 60 ? `${header.slice(0, 60)}…` : header))
    .join(", ") + (headers.length > listed ? ` and ${headers.length - listed} more` : "")

/** The headers by what each means, where more than one means the same. */
const repeated = <Column>(
  kinds: ColumnKinds<Column>,
  columns: ReadonlyArray<readonly [header: string, column: Column | undefined]>
): ReadonlyArray<readonly [meaning: string, headers: readonly [string, string]]> => {
  const seen = new Map<string, string>()
  return columns.flatMap(([header, column]) => {
    const meaning = column === undefined ? undefined : kinds.meaning(column)
    if (meaning === undefined) return []
    const other = seen.get(meaning)
    seen.set(meaning, other ?? header)
    return other === undefined ? [] : [[meaning, [other, header] as const] as const]
  })
}

/** What is wrong with a mapping whatever file it is for. */
export const mappingProblems = <Column>(kinds: ColumnKinds<Column>, mapping: ColumnMapping): ReadonlyArray<Problem> => {
  const columns = Object.entries(mapping)
  const problem = (column: string, message: string): Problem => ({
    path: ["mapping", column],
    type: "mapping",
    expected: "a field of its own, or null to leave the column out",
    message
  })
  return [
    ...columns.flatMap(([column, name]) =>
      name === null || kinds.field(name) !== undefined
        ? []
        : [problem(column, `${JSON.stringify(name)} is no field of ${kinds.subject}`)]
    ),
    ...repeated(
      kinds,
      columns.map(([column, name]) => [column, name === null ? undefined : kinds.field(name)] as const)
    ).map(([meaning, headers]) => problem(headers[1], `Two columns are both ${meaning}: ${columnList(headers)}`))
  ]
}

/** The mapped names by the positions of their columns: a name is looked for as it is written, then forgivingly. */
const positions = (
  headers: ReadonlyArray<string>,
  line: number,
  mapping: ColumnMapping
): ReadonlyMap<number, string | null> => {
  const names = headers.map((header) => header.trim())
  const missing: Array<string> = []
  const found = new Map<number, string | null>()
  for (const [column, name] of Object.entries(mapping)) {
    const written = names.indexOf(column.trim())
    const at = written === -1 ? names.findIndex((header) => forgiving(header) === forgiving(column)) : written
    if (at === -1 || names[at] === "") missing.push(column)
    else found.set(at, name)
  }
  if (missing.length > 0) {
    throw new FileRefused({
      line,
      message: `The mapping names columns that the file does not have: ${columnList(missing)}. It has: ${columnList(headers)}.`
    })
  }
  return found
}

/** What the columns of a file are, by its header and by what was said of them. Throws `FileRefused`. */
export const fileColumns = <Column>(
  kinds: ColumnKinds<Column>,
  headers: ReadonlyArray<string>,
  line: number,
  mapping: ColumnMapping = {}
): ReadonlyArray<Column> => {
  // A report has one column more than the file it is of.
  if (headers.filter((header) => header !== errorColumn).length > maxColumns) {
    throw new FileRefused({
      line,
      message: `The header has ${headers.length} columns; at most ${maxColumns} are read.`
    })
  }
  const mapped = positions(headers, line, mapping)
  const columns = headers.map((header, at): Column => {
    const name = mapped.get(at)
    return name === undefined
      ? kinds.named(header)
      : name === null
        ? kinds.leftOut
        : (kinds.field(name) ?? kinds.leftOut)
  })
  kinds.demand(columns, headers, line)
  const [first] = repeated(
    kinds,
    columns.map((column, at) => [headers[at]!, column] as const)
  )
  if (first !== undefined) {
    const [meaning, both] = first
    throw new FileRefused({
      line,
      message: `Two columns are both ${meaning}: ${columnList(both)}. Remove or rename one of them, or map it to null.`
    })
  }
  return columns
}

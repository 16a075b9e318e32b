import { Effect, Option, type PlatformError, Stdio, Stream, Terminal } from "effect"
import { TerminalCapabilities } from "effect/cli"
import { cell } from "./Cell.ts"
import { csvLine } from "./Csv.ts"
import { type Fields, type Format, format } from "./Format.ts"
import { jsonLines, withFields } from "./Machine.ts"
import { note } from "./Note.ts"
import { printable } from "./Printable.ts"
import { type Column, cut, table } from "./Table.ts"
import { toned } from "./Tone.ts"

export { note } from "./Note.ts"

/** Writes text where data goes, as fast as whoever reads it. */
const write = <E, R>(
  lines: Stream.Stream<string, E, R>
): Effect.Effect<void, E | PlatformError.PlatformError, R | Stdio.Stdio> =>
  Stdio.Stdio.use((stdio) =>
    Stream.run(
      Stream.map(lines, (line) => `${line}\n`),
      stdio.stdout()
    )
  )

/** Whether people read the output: then tables, otherwise JSON or CSV. */
export const asTable = Effect.map(format, ({ _tag }) => _tag === "Table")

const bold = (text: string): string => `\u001b[1m${text}\u001b[22m`

const style = Effect.gen(function* () {
  const terminal = yield* Terminal.Terminal
  const { canColor } = yield* TerminalCapabilities.TerminalCapabilities
  // A terminal that does not tell its width says 0.
  const plain = (text: string) => text
  return { width: (yield* terminal.columns) || 80, heading: canColor ? bold : plain, cell: canColor ? toned : plain }
})

/** A text for programs, as it is; it ends with a new line. */
export const printText = (text: string) => write(Stream.succeed(text.replace(/\n$/, "")))

/** Lines for people; an empty one sets what follows apart. */
export const printLines = (lines: ReadonlyArray<string>) => write(Stream.fromIterable(lines.map(printable)))

/** A column and what it shows of an item. */
export interface Shown<Item> extends Column {
  readonly of: (item: Item) => unknown
}

/** CSV of some fields, or of what each column shows. */
const csvLines = <Item, E, R>(
  items: Stream.Stream<Item, E, R>,
  fields: Option.Option<Fields>,
  columns: ReadonlyArray<Shown<Item>>
) => {
  const [header, rows] = Option.isSome(fields)
    ? [fields.value, withFields(items, fields.value)]
    : [columns.map(({ title }) => title), Stream.map(items, (item) => columns.map((column) => column.of(item)))]
  return Stream.concat(Stream.succeed(csvLine(header)), Stream.map(rows, csvLine))
}

/** Prints for programs. */
const writeFor = <Item, E, R>(
  how: Exclude<Format, { _tag: "Table" }>,
  items: Stream.Stream<Item, E, R>,
  columns: ReadonlyArray<Shown<Item>>
) => (how._tag === "Csv" ? write(csvLines(items, how.fields, columns)) : write(jsonLines(items, how)))

/** Prints a list: a table on a terminal, one JSON object per line otherwise. */
export const printList = <Item, E, R>(
  items: Stream.Stream<Item, E, R>,
  columns: ReadonlyArray<Shown<Item>>,
  nothing: string
) =>
  Effect.gen(function* () {
    const how = yield* format
    if (how._tag !== "Table") return yield* writeFor(how, items, columns)
    const rows = Array.from(yield* Stream.runCollect(items), (item) => columns.map((column) => cell(column.of(item))))
    if (rows.length === 0) return yield* note(nothing)
    // A column that says nothing of any item only takes room from the others.
    const said = columns.map((_, i) => rows.some((row) => row[i] !== ""))
    const kept = <A>(cells: ReadonlyArray<A>) => cells.filter((_, i) => said[i])
    yield* write(Stream.succeed(table(kept(columns), rows.map(kept), yield* style)))
  })

const keysAsColumns = (item: object) =>
  Object.keys(item).map((title): Shown<object> => ({ title, of: (one) => (one as Record<string, unknown>)[title] }))

/** Prints one thing: a line per field that has a value on a terminal, a JSON object otherwise. */
export const printRecord = <Item extends object>(
  item: Item,
  fields: ReadonlyArray<readonly [string, unknown]> = Object.entries(item)
) =>
  Effect.gen(function* () {
    const how = yield* format
    if (how._tag !== "Table") return yield* writeFor(how, Stream.succeed<object>(item), keysAsColumns(item))
    const { heading, width } = yield* style
    const shown = fields.map(([name, value]) => [name, cell(value)] as const).filter(([, text]) => text !== "")
    const longest = Math.max(...shown.map(([name]) => name.length))
    const lines = shown.map(([name, text]) => `${heading(name.padEnd(longest))}  ${cut(text, width - longest - 2)}`)
    yield* write(Stream.fromIterable(lines))
  })

/** Prints a number for people, and all that belongs to it otherwise. */
export const printNumber = (number: number, item: object) =>
  Effect.gen(function* () {
    if (yield* asTable) return yield* write(Stream.succeed(String(number)))
    yield* printRecord(item)
  })

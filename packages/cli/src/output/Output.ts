import { Effect, type PlatformError, Stdio, Stream, Terminal } from "effect"
import { TerminalCapabilities } from "effect/cli"
import { cell } from "./Cell.ts"
import { Json } from "./Json.ts"
import { printable, printableJson } from "./Printable.ts"
import { type Column, cut, table } from "./Table.ts"

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

/** Tells a person something that is not data. */
export const note = (text: string): Effect.Effect<void, never, Stdio.Stdio> =>
  Stdio.Stdio.use((stdio) => Effect.ignore(Stream.run(Stream.succeed(`${text}\n`), stdio.stderr())))

/** Whether people read the output: then tables, otherwise JSON. */
export const asTable = Effect.gen(function* () {
  const stdio = yield* Stdio.Stdio
  return !(yield* Json) && (yield* stdio.stdoutIsTerminal)
})

const bold = (text: string): string => `\u001b[1m${text}\u001b[22m`

const style = Effect.gen(function* () {
  const terminal = yield* Terminal.Terminal
  const { canColor } = yield* TerminalCapabilities.TerminalCapabilities
  // A terminal that does not tell its width says 0.
  return { width: (yield* terminal.columns) || 80, heading: canColor ? bold : (text: string) => text }
})

/** A text for programs, as it is; it ends with a new line. */
export const printText = (text: string) => write(Stream.succeed(text.replace(/\n$/, "")))

/** Lines for people; an empty one sets what follows apart. */
export const printLines = (lines: ReadonlyArray<string>) => write(Stream.fromIterable(lines.map(printable)))

/** A column and what it shows of an item. */
export interface Shown<Item> extends Column {
  readonly of: (item: Item) => unknown
}

/** Prints a list: a table on a terminal, one JSON object per line otherwise. */
export const printList = <Item, E, R>(
  items: Stream.Stream<Item, E, R>,
  columns: ReadonlyArray<Shown<Item>>,
  nothing: string
) =>
  Effect.gen(function* () {
    if (!(yield* asTable)) return yield* write(Stream.map(items, printableJson))
    const rows = Array.from(yield* Stream.runCollect(items), (item) => columns.map((column) => cell(column.of(item))))
    if (rows.length === 0) return yield* note(nothing)
    // A column that says nothing of any item only takes room from the others.
    const said = columns.map((_, i) => rows.some((row) => row[i] !== ""))
    const kept = <A>(cells: ReadonlyArray<A>) => cells.filter((_, i) => said[i])
    yield* write(Stream.succeed(table(kept(columns), rows.map(kept), yield* style)))
  })

/** Prints one thing: a line per field that has a value on a terminal, a JSON object otherwise. */
export const printRecord = <Item extends object>(
  item: Item,
  fields: ReadonlyArray<readonly [string, unknown]> = Object.entries(item)
) =>
  Effect.gen(function* () {
    if (!(yield* asTable)) return yield* write(Stream.succeed(printableJson(item)))
    const { heading, width } = yield* style
    const shown = fields.map(([name, value]) => [name, cell(value)] as const).filter(([, text]) => text !== "")
    const longest = Math.max(...shown.map(([name]) => name.length))
    const lines = shown.map(([name, text]) => `${heading(name.padEnd(longest))}  ${cut(text, width - longest - 2)}`)
    yield* write(Stream.fromIterable(lines))
  })

/** Prints a number for people, and all that belongs to it otherwise. */
export const printNumber = (number: number, item: object) =>
  Effect.gen(function* () {
    yield* write(Stream.succeed((yield* asTable) ? String(number) : printableJson(item)))
  })

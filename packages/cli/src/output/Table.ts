import { CliOutput } from "effect/cli"

export interface Column {
  readonly title: string
  readonly align?: "left" | "right"
  /** Whether its cells may be cut when the table is wider than the terminal. */
  readonly shrinks?: boolean
  /** Draws a cell at a part of its width, 0 to 1, where there is still no room: a bar that was cut would tell a lie. */
  readonly scaled?: (cell: string, part: number) => string
}

const gap = "  "
const narrowest = 8
const graphemes = new Intl.Segmenter()

/** The text within a number of terminal cells, ending in `…` if it was longer. */
export const cut = (text: string, cells: number): string => {
  if (CliOutput.displayWidth(text) <= cells) return text
  let kept = "",
    width = 1
  for (const { segment } of graphemes.segment(text)) {
    width += CliOutput.displayWidth(segment)
    if (width > cells) break
    kept += segment
  }
  return cells < 1 ? "" : `${kept}…`
}

const pad = (text: string, cells: number, align: Column["align"]): string => {
  const space = " ".repeat(Math.max(0, cells - CliOutput.displayWidth(text)))
  return align === "right" ? space + text : text + space
}

/** Takes the excess from the widest of the columns that may shrink, cell by cell, while any is wider than the narrowest. */
const fit = (widths: Array<number>, columns: ReadonlyArray<Column>, excess: number): void => {
  for (; excess > 0; excess--) {
    const widest = widths.reduce(
      (best, width, i) => (columns[i]?.shrinks === true && width > (widths[best] ?? narrowest) ? i : best),
      -1
    )
    if (widest === -1) return
    widths[widest]! -= 1
  }
}

/** How many terminal cells a line has too many. */
const excessOf = (widths: ReadonlyArray<number>, width: number): number =>
  widths.reduce((sum, each) => sum + each, gap.length * (widths.length - 1)) - width

/** Scales the columns that may be by what is still too much, all cells of one alike. */
const scaledRows = (
  widths: Array<number>,
  columns: ReadonlyArray<Column>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
  width: number
): ReadonlyArray<ReadonlyArray<string>> => {
  const parts = columns.map(({ scaled }, i) => {
    const wanted = widths[i]!
    const excess = excessOf(widths, width)
    if (scaled === undefined || excess <= 0 || wanted === 0) return 1
    widths[i] = Math.max(0, wanted - excess)
    return widths[i] / wanted
  })
  return rows.map((row) => row.map((cell, i) => (parts[i] === 1 ? cell : columns[i]!.scaled!(cell, parts[i]!))))
}

export interface TableStyle {
  /** Terminal cells in a line. */
  readonly width: number
  readonly heading: (text: string) => string
  /** Colours a cell; what it takes on the terminal stays. */
  readonly cell: (text: string) => string
}

/** Rows under headings, aligned by what the characters occupy on a terminal, no line longer than it. The cells are printable. */
export const table = (
  columns: ReadonlyArray<Column>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
  style: TableStyle
): string => {
  const widths = columns.map(({ title }, i) =>
    rows.reduce((width, row) => Math.max(width, CliOutput.displayWidth(row[i] ?? "")), CliOutput.displayWidth(title))
  )
  fit(widths, columns, excessOf(widths, style.width))
  const drawn = scaledRows(widths, columns, rows, style.width)
  const line = (cells: ReadonlyArray<string>, colour = (text: string) => text) => {
    const padded = columns.map(({ align }, i) => pad(cut(cells[i] ?? "", widths[i]!), widths[i]!, align))
    const plain = padded.join(gap).trimEnd()
    if (CliOutput.displayWidth(plain) > style.width) return cut(plain, style.width)
    return padded
      .map((cell, i) => (columns[i]?.shrinks === true ? cell : colour(cell)))
      .join(gap)
      .trimEnd()
  }
  return [style.heading(line(columns.map(({ title }) => title))), ...drawn.map((row) => line(row, style.cell))].join(
    "\n"
  )
}

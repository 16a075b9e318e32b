import { rounded, type Row } from "./Benchmark.ts"

const heads = ["work", "figure", "reference", "ratio", "reach", ""]

const cells = (row: Row): ReadonlyArray<string> => [
  row.work,
  row.figure,
  row.reference,
  row.ratio === null ? "–" : `${rounded(row.ratio)}×`,
  row.reach || "–",
  row.met === null ? "" : row.met ? "met" : "missed"
]

/** The rows as text, one line each. */
export const table = (rows: ReadonlyArray<Row>): string => {
  const lines = [heads, ...rows.map(cells)]
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd()
    )
    .join("\n")
}

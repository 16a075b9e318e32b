/** How much to do. */
export interface Size {
  /** Consumers to generate. */
  readonly rows: number
  /** How long one round of load takes. */
  readonly roundMillis: number
  /** Run the server from its sources instead of the built program: slower to start, for trying a bench out. */
  readonly fromSources: boolean
}

/** One line of the table: a figure beside the reference that was measured in the same run. */
export interface Row {
  readonly work: string
  readonly figure: string
  readonly reference: string
  /** figure ÷ reference. Null: there is nothing to divide by. */
  readonly ratio: number | null
  /** What the ratio or figure should be, such as `≤ 0.6×`. Empty: nothing was promised. */
  readonly reach: string
  /** Null: nothing was promised. */
  readonly met: boolean | null
}

/** A measurement that `npm run bench` runs: the default export of a file of its name in `benches/`. */
export interface Bench {
  readonly name: string
  readonly describe: string
  readonly run: (size: Size) => Promise<ReadonlyArray<Row>>
}

/** A bound of a ratio. */
export type Reach = { readonly atLeast: number } | { readonly atMost: number }

export const rounded = (value: number): string =>
  value.toLocaleString("en-US", { maximumFractionDigits: Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0 })

/** A row of two numbers of one unit. */
export const compared = (row: {
  readonly work: string
  readonly unit: string
  readonly figure: number
  readonly reference: number
  readonly reach?: Reach
}): Row => {
  const ratio = row.figure / row.reference
  const { reach } = row
  return {
    work: row.work,
    figure: `${rounded(row.figure)} ${row.unit}`,
    reference: `${rounded(row.reference)} ${row.unit}`,
    ratio,
    reach: reach === undefined ? "" : "atLeast" in reach ? `≥ ${reach.atLeast}×` : `≤ ${reach.atMost}×`,
    met: reach === undefined ? null : "atLeast" in reach ? ratio >= reach.atLeast : ratio <= reach.atMost
  }
}

export const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low, high] = [sorted[middle - 1], sorted[middle]]
  if (high === undefined) return Number.NaN
  return sorted.length % 2 === 0 && low !== undefined ? (low + high) / 2 : high
}

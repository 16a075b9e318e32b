import type { Shown } from "../../output/Output.ts"

/** A tier with its range. */
export interface Ranged {
  readonly name: string
  readonly startValue: string | number
  /** Null: no end. */
  readonly endValue: string | number | null
}

export const rangeColumns: ReadonlyArray<Shown<Ranged>> = [
  { title: "TIER", shrinks: true, of: ({ name }) => name },
  { title: "FROM", align: "right", of: ({ startValue }) => startValue },
  { title: "BELOW", align: "right", of: ({ endValue }) => endValue }
]

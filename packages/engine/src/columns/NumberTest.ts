import type { Bound } from "../rules/Condition.ts"
import type { ColumnName } from "./Column.ts"
import { scanEach, scanRange } from "./Scans.ts"
import { chunkOf, type Test } from "./Test.ts"

const double = new Float64Array(1)
const bits = new BigInt64Array(double.buffer)

/** The double after a finite one. */
const after = (value: number): number => {
  // Of either zero.
  if (value === 0) return Number.MIN_VALUE
  double[0] = value
  bits[0]! += value > 0 ? 1n : -1n
  return double[0]!
}

export interface Range<Value> {
  readonly low?: Bound<Value>
  readonly high?: Bound<Value>
}

/** The least and the greatest value in a range of finite doubles. */
export const endsOf = ({ high, low }: Range<number>): readonly [low: number, high: number] => [
  low === undefined ? -Infinity : low.inclusive ? low.value : after(low.value),
  high === undefined ? Infinity : high.inclusive ? high.value : -after(-high.value)
]

export const numberWithin = (name: ColumnName, range: Range<number>): Test => {
  const [low, high] = endsOf(range)
  return {
    cost: () => 1,
    scan: (chunks, among, out) => scanRange(chunkOf(chunks, name, "Numbers").values, low, high, among, out)
  }
}

export const numberOneOf = (name: ColumnName, values: ReadonlyArray<number>): Test => {
  const [first] = values
  if (values.length === 1 && first !== undefined) {
    const only = { value: first, inclusive: true }
    return numberWithin(name, { low: only, high: only })
  }
  const wanted = new Set(values)
  return {
    cost: () => 10,
    scan: (chunks, among, out) => {
      const { values: own } = chunkOf(chunks, name, "Numbers")
      scanEach((offset) => wanted.has(own[offset]!), among, out)
    }
  }
}

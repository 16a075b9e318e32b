import type { Bound } from "../rules/Condition.ts"
import type { Amount } from "./ChunkBuilder.ts"
import type { ColumnName } from "./Column.ts"
import type { Range } from "./NumberTest.ts"
import { scanAmounts, scanEach } from "./Scans.ts"
import { chunkOf, type Test } from "./Test.ts"

const unit = 100_000_000

/** A decimal of at most eight digits behind the point; `whole` is the next integer below. */
export const amountOf = (decimal: string): Amount => {
  const [digits = "", fractionDigits = ""] = decimal.replace("-", "").split(".")
  const whole = Number(digits)
  const fraction = Number(fractionDigits.padEnd(8, "0"))
  if (!decimal.startsWith("-")) return { whole, fraction }
  return fraction === 0 ? { whole: 0 - whole, fraction } : { whole: -whole - 1, fraction: unit - fraction }
}

/** The end of a range as an amount that is in it; one unit to the side of an end that is not. The fraction may leave its range: only order counts. */
const endOf = (bound: Bound<string>, step: 1 | -1): Amount => {
  const { fraction, whole } = amountOf(bound.value)
  return { whole, fraction: bound.inclusive ? fraction : fraction + step }
}

export const amountWithin = (name: ColumnName, { high, low }: Range<string>): Test => {
  const least = low === undefined ? { whole: -Infinity, fraction: 0 } : endOf(low, 1)
  const most = high === undefined ? { whole: Infinity, fraction: 0 } : endOf(high, -1)
  return {
    cost: () => 2,
    scan: (chunks, among, out) => scanAmounts(chunkOf(chunks, name, "Amounts"), least, most, among, out)
  }
}

export const amountOneOf = (name: ColumnName, decimals: ReadonlyArray<string>): Test => {
  const wanted = new Map<number, Set<number>>()
  for (const { fraction, whole } of decimals.map(amountOf))
    wanted.set(whole, (wanted.get(whole) ?? new Set<number>()).add(fraction))
  return {
    cost: () => 10,
    scan: (chunks, among, out) => {
      const { fractions, wholes } = chunkOf(chunks, name, "Amounts")
      scanEach((offset) => wanted.get(wholes[offset]!)?.has(fractions[offset]!) ?? false, among, out)
    }
  }
}

import type { AmountChunk } from "./Chunk.ts"
import type { Amount } from "./ChunkBuilder.ts"
import type { ColumnName } from "./Column.ts"
import type { Range } from "./NumberTest.ts"
import { scanEach } from "./Scans.ts"
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

/** Below zero: the first is less. */
const compare = (chunk: AmountChunk, offset: number, { fraction, whole }: Amount): number => {
  const own = chunk.wholes[offset]!
  return own < whole ? -1 : own > whole ? 1 : chunk.fractions[offset]! - fraction
}

export const amountWithin = (name: ColumnName, { high, low }: Range<string>): Test => {
  const least = low === undefined ? undefined : amountOf(low.value)
  const most = high === undefined ? undefined : amountOf(high.value)
  // What comparing must exceed and stay below, in units: none, or one for an end that is included.
  const above = low?.inclusive === true ? -1 : 0
  const below = high?.inclusive === true ? 1 : 0
  return {
    cost: () => 3,
    scan: (chunks, among, out) => {
      const chunk = chunkOf(chunks, name, "Amounts")
      scanEach(
        (offset) =>
          (least === undefined || compare(chunk, offset, least) > above) &&
          (most === undefined || compare(chunk, offset, most) < below),
        among,
        out
      )
    }
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

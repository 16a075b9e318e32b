import type { RfmMethod, RfmThresholds } from "@audiences/domain/Rfm"

/** What is cut: days since the last order (in milliseconds), the number of orders, their amount (in units of 10⁻⁸). */
export type Dimension = "recency" | "frequency" | "monetary"
export const dimensions: ReadonlyArray<Dimension> = ["recency", "frequency", "monetary"]

/** Where the k-th cut of n values in their order lies: at `low`, and `part` of `bins` on the way to the next; counted from 0. */
interface Place {
  readonly low: number
  readonly part: number
}

const placesOf = ({ bins }: RfmMethod, n: number): ReadonlyArray<Place> =>
  Array.from({ length: bins - 1 }, (_, i) => {
    const steps = (n - 1) * (i + 1)
    return { low: Math.floor(steps / bins), part: steps % bins }
  })

/** The places, counted from 0, of the values that the cuts of n values lie between. */
export const neededPlaces = (method: RfmMethod, n: number): ReadonlyArray<number> =>
  method.cuts === "fixed" || n === 0
    ? []
    : [...new Set(placesOf(method, n).flatMap(({ low, part }) => (part === 0 ? [low] : [low, low + 1])))]

/** A value, and of `rank-first` whose it is. */
export interface PlacedValue {
  /** Of recency whole milliseconds, of amounts a decimal. */
  readonly value: string
  readonly externalId: string | null
  readonly consumerId: string
}

/** The greatest value that is still below a cut; of `rank-first` the last in the row that is. */
export interface Bound {
  readonly value: string
  /** The cut itself, as it is told. */
  readonly cut: string
  readonly externalId: string | null
  /** Null: whoever has the value is below. */
  readonly consumerId: string | null
}
export type Bounds = Readonly<Record<Dimension, ReadonlyArray<Bound>>>

const decimals = 8
const perUnit = 10n ** BigInt(decimals)

const unitsOf = (text: string): bigint => {
  const [whole = "0", fraction = ""] = text.split(".")
  return BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, "0"))
}

const textOf = (units: bigint): string => {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, "0")
  const fraction = digits.slice(-decimals).replace(/0+$/, "")
  return `${units < 0n ? "-" : ""}${digits.slice(0, -decimals)}${fraction === "" ? "" : `.${fraction}`}`
}

const floorDivide = (a: bigint, b: bigint): bigint => (a >= 0n || a % b === 0n ? a / b : a / b - 1n)

/** One day of recency, one order, one of the currency: what the R package adds to a quantile. */
const oneOf: Readonly<Record<Dimension, bigint>> = {
  recency: 86_400_000n * perUnit,
  frequency: perUnit,
  monetary: perUnit
}

/** In whole units of 10⁻⁸, so that nothing is rounded before the comparison. */
const boundOf = (method: RfmMethod, dimension: Dimension, low: string, high: string, part: number): Bound => {
  const bins = BigInt(method.bins)
  const times = unitsOf(low) * (bins - BigInt(part)) + unitsOf(high) * BigInt(part)
  const raised = times + oneOf[dimension] * bins
  // The R package's cuts are themselves in the upper bin.
  const [cut, below] = method.cuts === "r-rfm" ? [raised, raised - 1n] : [times, times]
  const value = textOf(floorDivide(below, bins))
  return {
    // Recency is whole milliseconds.
    value: dimension === "recency" ? textOf(floorDivide(floorDivide(below, bins), perUnit) * perUnit) : value,
    cut: textOf(floorDivide(cut, bins)),
    externalId: null,
    consumerId: null
  }
}

/** The bounds of the bins, from the values at the places that were asked for. */
export const boundsOf = (
  method: RfmMethod,
  n: number,
  valueAt: (dimension: Dimension, place: number) => PlacedValue
): Bounds => {
  const of = (dimension: Dimension): ReadonlyArray<Bound> => {
    if (method.cuts === "fixed") return fixedBounds(method, dimension)
    if (n === 0) return []
    return placesOf(method, n).map(({ low, part }) =>
      method.ties === "rank-first"
        ? lastBelow(valueAt(dimension, method.cuts === "r-rfm" && part > 0 ? low + 1 : low))
        : boundOf(
            method,
            dimension,
            valueAt(dimension, low).value,
            valueAt(dimension, part === 0 ? low : low + 1).value,
            part
          )
    )
  }
  return { recency: of("recency"), frequency: of("frequency"), monetary: of("monetary") }
}

const lastBelow = (placed: PlacedValue): Bound => ({ ...placed, cut: placed.value })

const dayMillis = 86_400_000

const fixedBounds = ({ thresholds }: RfmMethod, dimension: Dimension): ReadonlyArray<Bound> => {
  const values =
    dimension === "recency"
      ? (thresholds?.recencyDays ?? []).map((days) => String(Math.floor(days * dayMillis)))
      : dimension === "frequency"
        ? (thresholds?.frequency ?? []).map(String)
        : (thresholds?.monetary ?? [])
  return values.map((value) => ({ value, cut: value, externalId: null, consumerId: null }))
}

/** The cuts as they are told. */
export const thresholdsOf = ({ frequency, monetary, recency }: Bounds): RfmThresholds => ({
  recencyDays: recency.map(({ cut }) => Number(cut) / dayMillis),
  frequency: frequency.map(({ cut }) => Number(cut)),
  monetary: monetary.map(({ cut }) => cut)
})

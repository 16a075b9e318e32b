import type { TierCut } from "@audiences/domain/TierSuggestion"
import { tierValues } from "../groups/TierValue.ts"
import { moneyEdges, numberEdges } from "./BucketEdges.ts"
import type { TierCutting } from "./DistributionRepo.ts"
import { naturalBreaks } from "./NaturalBreaks.ts"

/** What natural breaks look at: bins of at most a 2,048th of the values' width, and of the consumers unless they are alike. */
const fineness = 2048

type Method = Pick<TierCutting, "places" | "binEdges" | "cuts">

/** Where the upper of the two values is that a type-7 quantile lies between: whoever has it, or more, is above the quantile. */
const quantilePlaces = (count: number, tiers: number) =>
  Array.from({ length: tiers - 1 }, (_, i) => Math.ceil(((count - 1) * (i + 1)) / tiers))

/** All places, or as many as are looked at, evenly. */
const evenPlaces = (count: number) =>
  Array.from({ length: Math.min(count, fineness) }, (_, i, all = Math.min(count, fineness)) =>
    all === 1 ? 0 : Math.floor((i * (count - 1)) / (all - 1))
  )

/** How a field of a kind is cut into so many tiers. */
export const tierCutting = (
  kind: "number" | "money",
  method: TierCut,
  tiers: number,
  from: string | null
): TierCutting => {
  const { compare } = tierValues(kind)
  const edges = kind === "money" ? moneyEdges : numberEdges
  const inner = (min: string, max: string, count: number) => edges(min, max, count).slice(1, -1)
  const rising = (values: ReadonlyArray<string>, above: string) =>
    values.toSorted(compare).filter((value, i, all) => compare(value, i === 0 ? above : all[i - 1]!) > 0)
  const none = () => []
  const methods: Readonly<Record<TierCut, Method>> = {
    quantiles: { places: (count) => quantilePlaces(count, tiers), binEdges: none, cuts: ({ placed }) => placed },
    equalWidth: { places: none, binEdges: none, cuts: ({ max, min }) => inner(min, max, tiers) },
    naturalBreaks: {
      places: evenPlaces,
      binEdges: ({ max, min, placed }) => rising([...placed, ...inner(min, max, fineness)], min),
      cuts: (_, bins) =>
        naturalBreaks(
          bins.map(({ count, mean }) => ({ value: mean, count })),
          tiers
        ).map((i) => bins[i]!.min)
    }
  }
  const { binEdges, cuts, places } = methods[method]
  const lowest = (min: string) => from ?? (compare(min, "0") < 0 ? min : "0")
  return {
    from,
    places,
    binEdges,
    // A tier that ends at the smallest value would be empty.
    cuts: (values, bins) => rising(cuts(values, bins), values.min),
    lowest
  }
}

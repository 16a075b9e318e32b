import type { RfmMapName, RfmSegment } from "./Rfm.ts"

type Range = readonly [number, number]

const all: Range = [1, 5]
const box = (name: string, recency: Range, frequency: Range, monetary: Range = all): RfmSegment => ({
  name,
  recency,
  frequency,
  monetary
})

/** The five published segments; the grid of recency and frequency is ours. */
const fanfare5 = [
  box("CHAMPIONS", [4, 5], [4, 5]),
  box("LOYAL", [3, 5], [3, 5]),
  box("AT_RISK", [1, 2], [3, 5]),
  box("AT_RISK", [3, 3], [1, 2]),
  box("NEW", [4, 5], [1, 2]),
  box("LOST", [1, 2], [1, 2])
]

/** The named segments of the R package `rfm` 0.3, in its order. */
const rfm10 = [
  box("Champions", [5, 5], [5, 5], [5, 5]),
  box("Potential Loyalist", [3, 5], [3, 5], [2, 5]),
  box("Loyal Customers", [2, 4], [2, 4], [2, 4]),
  box("Promising", [3, 4], [1, 3], [3, 5]),
  box("New Customers", [4, 5], [1, 3], [1, 5]),
  box("Can't Lose Them", [1, 2], [3, 4], [4, 5]),
  box("At Risk", [1, 2], [2, 5], [4, 5]),
  box("Need Attention", [1, 3], [3, 5], [3, 5]),
  box("About To Sleep", [2, 3], [1, 3], [1, 4]),
  box("Lost", [1, 1], [1, 5], [1, 5]),
  box("Others", all, all)
]

/** The widely used grid of recency and frequency. */
const grid10 = [
  box("hibernating", [1, 2], [1, 2]),
  box("at_Risk", [1, 2], [3, 4]),
  box("cant_loose", [1, 2], [5, 5]),
  box("about_to_sleep", [3, 3], [1, 2]),
  box("need_attention", [3, 3], [3, 3]),
  box("loyal_customers", [3, 4], [4, 5]),
  box("promising", [4, 4], [1, 1]),
  box("new_customers", [5, 5], [1, 1]),
  box("potential_loyalists", [4, 5], [2, 3]),
  box("champions", [5, 5], [4, 5])
]

/** The maps that have a name. */
export const rfmMaps: Readonly<Record<RfmMapName, ReadonlyArray<RfmSegment>>> = { fanfare5, rfm10, grid10 }

import type { RfmMap } from "@audiences/domain/Rfm"
import { type Box, segmentsOf } from "@audiences/engine/rfm/SegmentMap"
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"

const ranks = [1, 2, 3, 4, 5]
const cells = ranks.flatMap((r) => ranks.flatMap((f) => ranks.map((m) => [r, f, m] as const)))

const holds = (box: Box, cell: readonly [number, number, number]) =>
  box.every(([from, to], i) => from <= cell[i]! && cell[i]! <= to)

/** The segments whose rules have the ranks, one entry a box. */
const found = (map: RfmMap, cell: readonly [number, number, number]) =>
  Result.getOrThrow(segmentsOf(map)).flatMap(({ boxes, name }) =>
    boxes.flatMap((box) => (holds(box, cell) ? [name] : []))
  )

/** As published: inclusive ranges of recency, frequency and amount, the first match wins. */
const rfm10 = (() => {
  const names =
    "Champions,Potential Loyalist,Loyal Customers,Promising,New Customers,Can't Lose Them,At Risk,Need Attention,About To Sleep,Lost"
  const rows = [
    [5, 3, 2, 3, 4, 1, 1, 1, 2, 1],
    [5, 5, 4, 4, 5, 2, 2, 3, 3, 1],
    [5, 3, 2, 1, 1, 3, 2, 3, 1, 1],
    [5, 5, 4, 3, 3, 4, 5, 5, 3, 5],
    [5, 2, 2, 3, 1, 4, 4, 3, 1, 1],
    [5, 5, 4, 5, 5, 5, 5, 5, 4, 5]
  ]
  return names.split(",").map((name, i) => ({ name, limits: rows.map((row) => row[i]!) }))
})()

/** As published, by recency and frequency. */
const grid10: ReadonlyArray<readonly [RegExp, string]> = [
  [/[12][12]/, "hibernating"],
  [/[12][34]/, "at_Risk"],
  [/[12]5/, "cant_loose"],
  [/3[12]/, "about_to_sleep"],
  [/33/, "need_attention"],
  [/[34][45]/, "loyal_customers"],
  [/41/, "promising"],
  [/51/, "new_customers"],
  [/[45][23]/, "potential_loyalists"],
  [/5[45]/, "champions"]
]

describe("A segment map", () => {
  it("shares out all ranks: each is in one box of one segment, and as published", () => {
    for (const cell of cells) {
      const [r, f, m] = cell
      const first = rfm10.find(
        ({ limits: [r1, r2, f1, f2, m1, m2] }) => r1! <= r && r <= r2! && f1! <= f && f <= f2! && m1! <= m && m <= m2!
      )
      assert.deepStrictEqual(found("rfm10", cell), [first?.name ?? "Others"])
      assert.deepStrictEqual(found("grid10", cell), [grid10.find(([pattern]) => pattern.test(`${r}${f}`))![1]])
      assert.strictEqual(found("fanfare5", cell).length, 1)
    }
  })

  it("of the caller's own may leave ranks out, and name one segment in several ranges", () => {
    const map: RfmMap = [
      { name: "Edge", recency: [1, 1] },
      { name: "Middle", recency: [1, 4], monetary: [2, 4] },
      { name: "edge", recency: [5, 5], frequency: [1, 2] }
    ]
    for (const cell of cells) {
      const [r, f, m] = cell
      const isEdge = r === 1 || (r === 5 && f <= 2)
      const expected = isEdge ? ["Edge"] : r <= 4 && m >= 2 && m <= 4 ? ["Middle"] : []
      assert.deepStrictEqual(found(map, cell), expected)
    }
  })
})

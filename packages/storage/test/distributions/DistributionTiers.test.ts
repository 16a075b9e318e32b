import { TierCut } from "@audiences/domain/TierSuggestion"
import { Distributions } from "@audiences/engine/distributions/Distributions"
import { DistributionRepoSql } from "@audiences/storage/distributions/DistributionRepoSql"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { freshOrganization, PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"
import { insertPeople } from "../People.ts"

const DistributionsTest = Distributions.layer.pipe(
  Layer.provideMerge(DistributionRepoSql),
  Layer.provideMerge(PostgresTest)
)

const wholeNumber = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

type Suggested = Omit<Parameters<Distributions["Service"]["of"]>[1], "buckets">

/** Suggested tiers of people with so many orders, and of as many hundred-millionths above a trillion but one. */
const suggested = Effect.fnUntraced(function* (numbers: ReadonlyArray<number>, query: Suggested, hasAmounts = true) {
  const organizationId = yield* freshOrganization
  const sql = yield* SqlClient.SqlClient
  if (numbers.length > 0)
    yield* insertPeople(
      organizationId,
      numbers.map((totalOrders) => ({ totalOrders }))
    )
  if (hasAmounts)
    yield* Effect.orDie(sql`
    UPDATE consumers SET activity_rank = least(5, total_orders), ltv = 999999999998 + total_orders::numeric / 100000000 WHERE organization_id = ${organizationId}::uuid`)
  const found = yield* (yield* Distributions).of(organizationId, query)
  assert.strictEqual(found.totalCount, numbers.length)
  return found.suggestion!.tiers
})

const ranges = (tiers: Effect.Success<ReturnType<typeof suggested>>) =>
  tiers.map(({ endValue, startValue, value }) => [startValue, endValue, value])

layer(DistributionsTest)("Suggested tiers", (it) => {
  it.effect("of quantiles are of one size", () =>
    Effect.gen(function* () {
      const tiers = yield* suggested([1, 2, 3, 4, 5, 6, 7, 8], { field: "totalOrders", suggest: "quantiles" })
      assert.deepStrictEqual(ranges(tiers), [
        [0, 3, 2],
        [3, 5, 2],
        [5, 7, 2],
        [7, null, 2]
      ])
      assert.deepStrictEqual(
        tiers.map(({ percentage }) => percentage),
        [25, 25, 25, 25]
      )
    })
  )

  it.effect(
    "do not tear equal values apart: many zeros are one tier, and those above are cut from where it is said",
    () =>
      Effect.gen(function* () {
        const numbers = [...Array(90).fill(0), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
        const of = (query: Suggested) => suggested(numbers, { field: "totalOrders", tiers: 5, ...query })
        assert.deepStrictEqual(ranges(yield* of({ suggest: "quantiles" })), [[0, null, 100]])
        const buyers = yield* of({ suggest: "quantiles", from: "0.5" })
        assert.deepStrictEqual(ranges(buyers), [
          [0.5, 3, 2],
          [3, 5, 2],
          [5, 7, 2],
          [7, 9, 2],
          [9, null, 2]
        ])
        assert.strictEqual(buyers[0]!.percentage, 2)
        assert.deepStrictEqual(ranges(yield* of({ suggest: "equalWidth", tiers: 2 })), [
          [0, 5, 94],
          [5, null, 6]
        ])
      })
  )

  it.effect("are fewer where there are fewer values, one of one value, and none of nobody", () =>
    Effect.gen(function* () {
      for (const suggest of TierCut.literals) {
        const of = (numbers: ReadonlyArray<number>, more: Suggested = {}) =>
          suggested(numbers, { field: "totalOrders", suggest, tiers: 4, ...more })
        assert.deepStrictEqual(ranges(yield* of([])), [], suggest)
        assert.deepStrictEqual(ranges(yield* of([3, 4], { from: "5" })), [], suggest)
        assert.deepStrictEqual(ranges(yield* of([7, 7, 7])), [[0, null, 3]], suggest)
        assert.deepStrictEqual(ranges(yield* of([7])), [[0, null, 1]], suggest)
      }
      const two = yield* suggested([2, 2, 9], { field: "totalOrders", suggest: "naturalBreaks", tiers: 4 })
      assert.deepStrictEqual(ranges(two), [
        [0, 9, 2],
        [9, null, 1]
      ])
    })
  )

  it.effect("break where values stand apart, and are exact to the last digit of money", () =>
    Effect.gen(function* () {
      const numbers = [1, 2, 3, 50, 51, 52, 53, 400]
      assert.deepStrictEqual(ranges(yield* suggested(numbers, { suggest: "naturalBreaks", tiers: 3 })), [
        ["0", "999999999998.0000005", 3],
        ["999999999998.0000005", "999999999998.000004", 4],
        ["999999999998.000004", null, 1]
      ])
      assert.deepStrictEqual(ranges(yield* suggested([1, 2], { suggest: "quantiles", tiers: 2, from: "10.50" })), [
        ["10.5", "999999999998.00000002", 1],
        ["999999999998.00000002", null, 1]
      ])
    })
  )

  it.effect("break between ranks, which are small whole numbers", () =>
    Effect.gen(function* () {
      const query = { field: "activityRank", suggest: "naturalBreaks", tiers: 9 } as const
      assert.deepStrictEqual(ranges(yield* suggested([1, 2, 2, 3, 4, 5], query)), [
        [0, 2, 1],
        [2, 3, 2],
        [3, 4, 1],
        [4, 5, 1],
        [5, null, 1]
      ])
    })
  )

  it.effect("break between the largest numbers there are, too", () =>
    Effect.gen(function* () {
      const largest = Number.MAX_VALUE
      const found = yield* suggested(
        [0, 1, largest / 2, largest],
        { field: "totalOrders", suggest: "naturalBreaks", tiers: 3 },
        false
      )
      assert.deepStrictEqual(ranges(found), [
        [0, largest / 2, 2],
        [largest / 2, largest, 1],
        [largest, null, 1]
      ])
    })
  )

  it.effect("are refused where they cannot be meant", () =>
    Effect.gen(function* () {
      const of = (query: Suggested) =>
        Effect.map(Effect.flip(suggested([1], query)), ({ issues }) =>
          issues.map(({ path }) => path.map(({ key }) => key).join("."))
        )
      assert.deepStrictEqual(yield* of({ tiers: 3, from: "x" }), ["tiers", "from", "from"])
      assert.deepStrictEqual(yield* of({ suggest: "quantiles", from: "1e3" }), ["from"])
      assert.deepStrictEqual(yield* of({ suggest: "quantiles", field: "totalOrders", from: "" }), ["from"])
    })
  )

  it.effect.prop(
    "hold everybody from the lowest start on, once",
    {
      numbers: Schema.NonEmptyArray(wholeNumber(0, 60)),
      suggest: TierCut,
      tiers: wholeNumber(2, 20),
      from: Schema.NullOr(wholeNumber(0, 30))
    },
    ({ from, numbers, suggest, tiers }) =>
      Effect.gen(function* () {
        const query = { field: "totalOrders", suggest, tiers, ...(from === null ? {} : { from: String(from) }) }
        const found = yield* suggested(numbers, query)
        const above = numbers.filter((each) => each >= (from ?? 0)).toSorted((a, b) => a - b)
        assert.isAtMost(
          found.length,
          Math.min(tiers, Math.max(1, new Set(above).size)) + (suggest === "equalWidth" ? tiers : 0)
        )
        assert.strictEqual(found.length > 0, above.length > 0)
        found.forEach(({ endValue, startValue, value }, i) => {
          const own = above.filter((each) => each >= +startValue && (endValue === null || each < +endValue))
          assert.strictEqual(value, own.length)
          assert.strictEqual(endValue, found[i + 1]?.startValue ?? null)
        })
        if (found.length > 0) assert.strictEqual(found[0]!.startValue, from ?? 0)
        if (suggest !== "quantiles") return
        for (let k = 1; k < tiers; k++) {
          // Type 7: as far between two values as it is between their places.
          const at = ((above.length - 1) * k) / tiers
          const [low, high] = [above[Math.floor(at)]!, above[Math.ceil(at)]!]
          const quantile = low + (high - low) * (at - Math.floor(at))
          if (above.length > 0 && quantile > above[0]!)
            assert.isTrue(
              found.some(
                ({ startValue }) => +startValue >= quantile && !above.some((v) => v >= quantile && v < +startValue)
              )
            )
        }
      }),
    { arbitrary: { runs: 40 } }
  )
})

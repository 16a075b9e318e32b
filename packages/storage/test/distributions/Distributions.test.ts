import type { DistributionQuery } from "@audiences/domain/Distribution"
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

/** Cents, so that sums are whole numbers. */
const population = (cents: ReadonlyArray<number>) =>
  Effect.gen(function* () {
    const organizationId = yield* freshOrganization
    const sql = yield* SqlClient.SqlClient
    if (cents.length === 0) return organizationId
    yield* insertPeople(
      organizationId,
      cents.map((each) => ({ totalOrders: each }))
    )
    yield* sql`UPDATE consumers SET ltv = total_orders::numeric / 100 WHERE organization_id = ${organizationId}::uuid`
    return organizationId
  })

const of = (cents: ReadonlyArray<number>, query: DistributionQuery) =>
  Effect.gen(function* () {
    const organizationId = yield* population(cents)
    const distributions = yield* Distributions
    return yield* distributions.of(organizationId, query)
  })

layer(DistributionsTest)("Distributions", (it) => {
  it.effect("of nobody is all zero", () =>
    Effect.gen(function* () {
      const money = yield* of([], { field: "ltv" })
      assert.deepStrictEqual(money, {
        field: "ltv",
        totalCount: 0,
        stats: { min: "0", max: "0", mean: "0", median: "0", stdDev: "0" },
        buckets: []
      })
      const numbers = yield* of([], { field: "totalOrders" })
      assert.deepStrictEqual(numbers.stats, { min: 0, max: 0, mean: 0, median: 0, stdDev: 0 })
    })
  )

  it.effect("of equal values is one bucket", () =>
    Effect.gen(function* () {
      const { buckets, stats } = yield* of([700, 700], { field: "totalSpend", buckets: 5 })
      assert.deepStrictEqual(buckets, [
        { range: "7 - 7", minValue: "7", maxValue: "7", value: 2, percentage: 100, x: 7 }
      ])
      assert.deepStrictEqual(stats, { min: "7", max: "7", mean: "7", median: "7", stdDev: "0" })
    })
  )

  it.effect("are exact: edges, medians and deviations in decimals", () =>
    Effect.gen(function* () {
      const { buckets, stats } = yield* of([0, 10, 30], { field: "ltv", buckets: 3 })
      assert.deepStrictEqual(stats, { min: "0", max: "0.3", mean: "0.13333333", median: "0.1", stdDev: "0.12472191" })
      assert.deepStrictEqual(
        buckets.map(({ range, value }) => [range, value]),
        [
          ["0 - 0.1", 1],
          ["0.1 - 0.2", 1],
          ["0.2 - 0.3", 1]
        ]
      )
    })
  )

  it.effect.prop(
    "count every live consumer once, in the bucket that holds the value",
    {
      cents: Schema.NonEmptyArray(wholeNumber(0, 500)),
      buckets: wholeNumber(1, 100),
      field: Schema.Literals(["ltv", "totalOrders"])
    },
    ({ buckets, cents, field }) =>
      Effect.gen(function* () {
        const found = yield* of(cents, { field, buckets })
        const values = cents.map((each) => (field === "ltv" ? each / 100 : each)).toSorted((a, b) => a - b)
        assert.strictEqual(found.totalCount, cents.length)
        assert.isAtMost(found.buckets.length, buckets)
        found.buckets.forEach(({ maxValue, minValue, percentage, value }, i) => {
          const last = i === found.buckets.length - 1
          const inside = values.filter((each) => each >= +minValue && (each < +maxValue || (last && each <= +maxValue)))
          assert.strictEqual(value, inside.length, `${minValue} to ${maxValue}`)
          assert.closeTo(percentage, (inside.length / values.length) * 100, 1e-9)
        })
        const mean = values.reduce((sum, each) => sum + each, 0) / values.length
        const half = (values.length - 1) / 2
        assert.closeTo(+found.stats.mean, mean, 1e-7)
        assert.closeTo(+found.stats.median, (values[Math.floor(half)]! + values[Math.ceil(half)]!) / 2, 1e-7)
        const deviation = Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / values.length)
        assert.closeTo(+found.stats.stdDev, deviation, 1e-6)
        assert.deepStrictEqual([+found.stats.min, +found.stats.max], [values[0], values.at(-1)])
      }),
    { arbitrary: { runs: 40 } }
  )
})

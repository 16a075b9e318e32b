import type { RfmMethod } from "@audiences/domain/Rfm"
import { RfmRepoSql } from "@audiences/storage/rfm/RfmRepoSql"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { freshOrganization, PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"
import { configureScoring, insertBuyers, ranks, score, scoringTime } from "./Scoring.ts"

const wholeNumber = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))
const Buyer = Schema.Struct({ days: wholeNumber(0, 40), orders: wholeNumber(0, 4), cents: wholeNumber(0, 9) })
type Buyer = typeof Buyer.Type

const fixed: Partial<RfmMethod> = {
  cuts: "fixed",
  bins: 3,
  thresholds: { recencyDays: [10, 20], frequency: [1, 2], monetary: ["0.02", "0.05"] }
}

/** By the definition. */
const ranked = ({ cents, days, orders }: Buyer, daysLater: number): string => {
  const above = (value: number, thresholds: ReadonlyArray<number>) => thresholds.filter((each) => value > each).length
  return orders === 0
    ? "0 0 0"
    : `${3 - above(days + daysLater, [10, 20])} ${1 + above(orders, [1, 2])} ${1 + above(cents, [2, 5])}`
}

layer(Layer.provideMerge(RfmRepoSql, PostgresTest), { excludeTestServices: true })("Scoring since a run", (it) => {
  const shown = (organizationId: Parameters<typeof ranks>[0]) =>
    Effect.map(ranks(organizationId), (all) => all.map((each) => each.slice(0, 5)))

  /** Writes as everybody does, or behind the feed's back. */
  const write = Effect.fnUntraced(function* (
    organizationId: Parameters<typeof ranks>[0],
    ordinal: number,
    { cents, days, orders }: Buyer,
    isTold: boolean
  ) {
    const sql = yield* SqlClient.SqlClient
    const lastOrderAt = DateTime.formatIso(DateTime.subtract(scoringTime, { days }))
    yield* sql`
      UPDATE consumers SET total_orders = ${orders}::int, ltv = ${cents}::numeric / 100, last_order_at = ${lastOrderAt}::text::timestamptz
      WHERE organization_id = ${organizationId}::uuid AND ordinal = ${ordinal}::int`
    if (isTold) yield* sql`SELECT record_change(${organizationId}::uuid, ${[ordinal]}::int[], '{ltv}', NULL)`
  })

  it.effect.prop(
    "gives by fixed thresholds what scoring all gives, whatever is written and however time passes",
    {
      people: Schema.NonEmptyArray(Buyer),
      turns: Schema.Array(
        Schema.Struct({
          daysLater: wholeNumber(0, 30),
          writes: Schema.Array(Schema.Struct({ who: wholeNumber(0, 1000), buyer: Buyer }))
        })
      )
    },
    ({ people, turns }) =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const organizationId = yield* freshOrganization
        const now: Array<Buyer> = [...people]
        yield* insertBuyers(organizationId, people)
        yield* configureScoring(organizationId, fixed)
        yield* score(organizationId)
        let later = 0
        for (const { daysLater, writes } of turns) {
          later += daysLater
          for (const { buyer, who } of writes) {
            now[who % now.length] = buyer
            yield* write(organizationId, who % now.length, buyer, true)
          }
          yield* configureScoring(organizationId, { ...fixed, asOf: DateTime.add(scoringTime, { days: later }) })
          const { id } = yield* score(organizationId)
          const since = yield* sql`SELECT 1 FROM rfm_runs WHERE id = ${id}::uuid AND since_position IS NOT NULL`
          assert.strictEqual(since.length, 1)
          assert.deepStrictEqual(
            yield* shown(organizationId),
            now.map((buyer) => ranked(buyer, later))
          )
        }
      }),
    { arbitrary: { runs: 12 } }
  )

  it.effect(
    "looks at nobody else, but where the method is another, time goes back or the feed does not reach back",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const organizationId = yield* freshOrganization
        const many = { days: 1, orders: 4, cents: 9 }
        yield* insertBuyers(organizationId, [many, many])
        const latest = () =>
          Effect.map(
            sql<{ since: string | null }>`
            SELECT since_position::text AS since FROM rfm_runs WHERE organization_id = ${organizationId}::uuid ORDER BY started_at DESC LIMIT 1`,
            ([run]) => run!.since
          )
        const since = Effect.fnUntraced(function* (method: Partial<RfmMethod>) {
          yield* configureScoring(organizationId, method)
          yield* score(organizationId)
          return yield* latest()
        })
        assert.isNull(yield* since(fixed))
        assert.isNotNull(yield* since(fixed))
        // A write that no feed tells of is not seen.
        yield* write(organizationId, 0, { days: 1, orders: 1, cents: 9 }, false)
        assert.isNotNull(yield* since(fixed))
        assert.deepStrictEqual(yield* shown(organizationId), ["3 3 3", "3 3 3"])
        assert.isNull(yield* since({ cuts: "quantile7" }))
        assert.isNull(yield* since({ ...fixed, source: "orders" }))
        assert.isNull(yield* since({ ...fixed, source: "orders" }))
        assert.isNull(
          yield* since({ ...fixed, bins: 2, thresholds: { recencyDays: [1], frequency: [1], monetary: ["1"] } })
        )
        assert.isNull(yield* since(fixed))
        assert.isNull(yield* since({ ...fixed, asOf: DateTime.subtract(scoringTime, { days: 1 }) }))
        yield* since(fixed)
        yield* write(organizationId, 1, many, true)
        yield* write(organizationId, 1, many, true)
        yield* sql`
        DELETE FROM changes WHERE organization_id = ${organizationId}::uuid
          AND position < (SELECT max(position) FROM changes WHERE organization_id = ${organizationId}::uuid)`
        assert.isNull(yield* since(fixed))
      })
  )
})

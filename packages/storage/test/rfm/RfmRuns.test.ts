import { RfmRepo } from "@audiences/engine/rfm/RfmRepo"
import { blockSize } from "@audiences/engine/memberships/Block"
import { defaultMethod } from "@audiences/engine/rfm/RfmMethods"
import { RfmRepoSql } from "@audiences/storage/rfm/RfmRepoSql"
import { countValues } from "@audiences/storage/rfm/RfmValues"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Layer, Option, Schedule, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { fileURLToPath } from "node:url"
import { inject } from "vitest"
import { freshOrganization, PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"
import { childProgram } from "../ChildProgram.ts"
import { skipOrdinals } from "../People.ts"
import {
  beginScoring,
  configureScoring,
  insertBuyers,
  latestRun,
  ranks,
  score,
  scoreNextBlock,
  scoringTime
} from "./Scoring.ts"

const program = fileURLToPath(new URL("scoringProgram.ts", import.meta.url))
const RfmTest = Layer.provideMerge(RfmRepoSql, PostgresTest)

const wholeNumber = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))
const Buyer = Schema.Struct({ days: wholeNumber(0, 60), orders: wholeNumber(0, 5), cents: wholeNumber(0, 2000) })

const buyers = Array.from({ length: 30 }, (_, i) => ({
  days: (i * 7) % 30,
  orders: 1 + (i % 9),
  cents: (i * 37) % 100
}))

/** An organization whose buyers are in three blocks. */
const threeBlocks = Effect.gen(function* () {
  const organizationId = yield* freshOrganization
  const ids = yield* insertBuyers(organizationId, buyers.slice(0, 10))
  for (const from of [10, 20]) {
    yield* skipOrdinals(organizationId, blockSize - 10)
    ids.push(...(yield* insertBuyers(organizationId, buyers.slice(from, from + 10))))
  }
  yield* configureScoring(organizationId)
  return { organizationId, ids }
})

const unranked = "0 0 0 0 0 0"

layer(RfmTest, { excludeTestServices: true })("Scoring runs", (it) => {
  it.effect("that were killed in the middle of a block are not completed, and whoever takes them up ends them", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const whole = yield* threeBlocks
      yield* score(whole.organizationId)
      const expected = yield* ranks(whole.organizationId)
      const { ids, organizationId } = yield* threeBlocks
      // Holds a consumer of the second block, so that its scoring waits, and is killed while it does.
      yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* sql`SELECT 1 FROM consumers WHERE organization_id = ${organizationId}::uuid AND id = ${ids[15]!}::uuid FOR UPDATE`
          const child = yield* childProgram(program, [inject("postgresUrl"), organizationId])
          yield* child.said("scored 0")
          yield* Effect.repeat(
            sql`SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))`,
            { until: (waiting) => waiting.length > 0, schedule: Schedule.spaced("20 millis") }
          )
          yield* child.kill
        })
      )
      const cut = yield* latestRun(organizationId)
      assert.deepStrictEqual([cut.completedAt, cut.changedCount, cut.scoredCount], [null, 10, 30])
      assert.isTrue(Option.getOrThrow(yield* (yield* RfmRepo).state(organizationId)).inProgress)
      assert.deepStrictEqual(yield* ranks(organizationId), [
        ...expected.slice(0, 10),
        ...Array.from({ length: 20 }, () => unranked)
      ])
      const done = yield* score(organizationId)
      assert.deepStrictEqual([done.id, done.changedCount, done.thresholds], [cut.id, 30, cut.thresholds])
      assert.isNotNull(done.completedAt)
      assert.deepStrictEqual(yield* ranks(organizationId), expected)
    })
  )

  it.effect("keep the cuts they began with, and two at once score each block once", () =>
    Effect.gen(function* () {
      const { organizationId } = yield* threeBlocks
      const [first, second] = yield* Effect.all([beginScoring(organizationId), beginScoring(organizationId)], {
        concurrency: 2
      })
      assert.strictEqual(first, second)
      yield* scoreNextBlock(organizationId, first!)
      const { thresholds } = yield* latestRun(organizationId)
      yield* skipOrdinals(organizationId, 1)
      yield* insertBuyers(organizationId, [{ days: 0, orders: 1000, cents: 1_000_000 }])
      const both = yield* Effect.all([score(organizationId), score(organizationId)], { concurrency: 2 })
      for (const run of both)
        assert.deepStrictEqual([run.id, run.thresholds, run.changedCount], [first, thresholds, 31])
      assert.deepStrictEqual((yield* ranks(organizationId)).at(-1), "5 5 5 100 100 100")
      assert.isUndefined(yield* beginScoring(organizationId))
    })
  )

  it.effect("that fail are put off, ever longer, until they succeed or are asked for anew", () =>
    Effect.gen(function* () {
      const repo = yield* RfmRepo
      const organizationId = yield* freshOrganization
      yield* configureScoring(organizationId)
      const isDue = (seconds: number) =>
        Effect.map(repo.takeDue(DateTime.add(scoringTime, { seconds })), (due) => due.includes(organizationId))
      assert.isTrue(yield* isDue(0))
      for (const wait of [1, 2, 4, 8]) {
        yield* repo.failed(organizationId, scoringTime)
        assert.deepStrictEqual([yield* isDue(wait - 0.001), yield* isDue(wait)], [false, true])
      }
      for (let i = 0; i < 10; i++) yield* repo.failed(organizationId, scoringTime)
      assert.deepStrictEqual([yield* isDue(599), yield* isDue(600)], [false, true])
      yield* repo.request({ organizationId, name: "test" } as never, scoringTime)
      assert.isTrue(yield* isDue(0))
      yield* repo.failed(organizationId, scoringTime)
      yield* score(organizationId)
      assert.isFalse(yield* isDue(600))
      yield* repo.failed(organizationId, scoringTime)
      yield* repo.request({ organizationId, name: "test" } as never, scoringTime)
      assert.isTrue(yield* isDue(0))
    })
  )

  it.effect.prop(
    "by a method that was stored give the same ranks of the same data, bit for bit",
    {
      people: Schema.Array(Buyer).check(Schema.isMinLength(1)),
      bins: Schema.Literals([2, 3, 4, 5]),
      cuts: Schema.Literals(["quantile7", "r-rfm"]),
      ties: Schema.Literals(["value", "rank-first"])
    },
    ({ people, ...method }) =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const organizationId = yield* freshOrganization
        yield* insertBuyers(organizationId, people)
        yield* configureScoring(organizationId, method)
        const first = yield* score(organizationId)
        const found = yield* ranks(organizationId)
        people.forEach(({ orders }, i) => assert.strictEqual(found[i] === unranked, orders === 0))
        yield* sql`UPDATE consumers SET activity_rank = 0, monetary_rank = 5, monetary_score = 3 WHERE organization_id = ${organizationId}::uuid`
        yield* configureScoring(organizationId, first.method)
        const again = yield* score(organizationId)
        assert.notStrictEqual(again.id, first.id)
        assert.deepStrictEqual([again.method, again.thresholds], [first.method, first.thresholds])
        assert.deepStrictEqual(yield* ranks(organizationId), found)
      }),
    { arbitrary: { runs: 15 } }
  )

  it.effect("of orders within a window count those behind its begin, up to the reference instant", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const organizationId = yield* freshOrganization
      yield* insertBuyers(
        organizationId,
        [1, 1, 1, 1].map((orders) => ({ days: 1, orders, cents: 100 }))
      )
      // Days before the reference instant, and whose: the window is of ten.
      const orders = [
        [0, 0],
        [9, 0],
        [9.999, 1],
        [10, 2],
        [400, 2],
        [-0.001, 3]
      ] as const
      for (const [days, ordinal] of orders)
        yield* sql`
          INSERT INTO orders (organization_id, order_id, ordinal, total, ordered_at, created_at, created_by)
          VALUES (${organizationId}::uuid, ${`${days}`}, ${ordinal}::int, 5,
            ${DateTime.formatIso(scoringTime)}::timestamptz - make_interval(secs => ${days * 86_400}::float8), now(), 'test')`
      yield* configureScoring(organizationId, {
        source: "orders",
        windowDays: 10,
        asOf: scoringTime,
        bins: 2,
        cuts: "fixed",
        thresholds: { recencyDays: [5], frequency: [1], monetary: ["5"] }
      })
      const { scoredCount } = yield* score(organizationId)
      assert.deepStrictEqual(
        [scoredCount, (yield* ranks(organizationId)).map((each) => each.slice(0, 5))],
        [2, ["2 2 2", "1 1 1", "0 0 0", "0 0 0"]]
      )
      yield* configureScoring(organizationId, { source: "orders", asOf: scoringTime })
      assert.strictEqual((yield* score(organizationId)).scoredCount, 3)
    })
  )

  it.effect("are completed whatever instant a threshold falls on", () =>
    Effect.gen(function* () {
      const organizationId = yield* freshOrganization
      yield* insertBuyers(organizationId, [{ days: 1, orders: 1, cents: 100 }])
      const rankedBy = Effect.fnUntraced(function* (recencyDays: ReadonlyArray<number>) {
        const thresholds = { recencyDays, frequency: [1], monetary: ["1"] }
        // Twice: the second builds on the first.
        for (const _ of [1, 2]) {
          yield* configureScoring(organizationId, { bins: 2, cuts: "fixed", thresholds })
          assert.isNotNull((yield* score(organizationId)).completedAt)
        }
        return (yield* ranks(organizationId))[0]!.slice(0, 5)
      })
      for (const days of [1e6, 1e15, 1e300]) assert.strictEqual(yield* rankedBy([days]), "2 1 1")
      for (const days of [-3e6, -1e300]) assert.strictEqual(yield* rankedBy([days]), "1 1 1")
    })
  )

  it.effect("count days of 24 hours, whatever the time zone of the database", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const organizationId = yield* freshOrganization
      yield* insertBuyers(organizationId, [{ days: 1, orders: 1, cents: 100 }])
      yield* sql`
        INSERT INTO orders (organization_id, order_id, ordinal, total, ordered_at, created_at, created_by)
        VALUES (${organizationId}::uuid, 'a', 0, 5, '2026-03-21T00:30:00Z', now(), 'test')`
      const counted = Effect.gen(function* () {
        // Its clocks were put forward on 2026-03-29.
        yield* sql`SET LOCAL TIME ZONE 'Europe/Berlin'`
        const asOf = DateTime.makeUnsafe("2026-03-31T00:00:00Z")
        return yield* countValues(sql, organizationId, { ...defaultMethod, source: "orders", windowDays: 10, asOf })
      })
      assert.strictEqual(yield* sql.withTransaction(counted), 1)
    })
  )
})

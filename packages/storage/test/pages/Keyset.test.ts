import type { ConsumerCreate, ConsumerFull, ConsumerListQuery } from "@audiences/domain/Consumer"
import { fold } from "@audiences/domain/Fold"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Consumers } from "@audiences/engine/consumers/Consumers"
import { DatabaseClockSql } from "@audiences/storage/DatabaseClockSql"
import { ConsumerRepoSql } from "@audiences/storage/consumers/ConsumerRepoSql"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { freshOrganization, PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"

const TestLayer = Consumers.layer.pipe(
  Layer.provide([ConsumerRepoSql, DatabaseClockSql]),
  Layer.provideMerge(PostgresTest)
)

const sorts = ["createdAt", "email", "fullName", "lastOrderAt", "ltv", "totalOrders"] as const
const instants = [
  "2026-01-01T00:00:00.001Z",
  "2026-01-01T00:00:00.002Z",
  "0001-01-01T00:00:00.000Z",
  "9999-12-31T23:59:59.999Z"
].map((text) => DateTime.makeUnsafe(text))

/** Many ties, many nulls, and values that floats, locales or texts would put in another order. */
const attributesOf = (i: number): ConsumerCreate => ({
  emailVerified: false,
  phoneVerified: false,
  status: "ACTIVE",
  ...(i % 3 === 0 ? {} : { email: `${["Z", "a", "é", "_"][i % 4]}${i}@example.com` }),
  ...(i % 5 === 0
    ? {}
    : { fullName: ["b", "B", "ab", "Äb", "ß", "ss", "", "😀", "\uffff", `${"long".repeat(200)}${i}`][i % 10]! }),
  ...(i % 4 === 0 ? {} : { lastOrderAt: instants[i % 4]! }),
  ltv: ["10", "9", "9.00000001", "999999999999.99999999", "0"][i % 5]!,
  totalOrders: [0.1 + 0.2, 0.3, -1, 1e22, 5e-324, 0][i % 6]!
})

const make = (organizationId: OrganizationId, from: number, count: number) =>
  Effect.flatMap(Consumers, (consumers) =>
    consumers.batch(
      { organizationId, name: "system" },
      { consumers: Array.from({ length: count }, (_, i) => attributesOf(from + i)) }
    )
  )

const valueOf = (consumer: ConsumerFull, sort: (typeof sorts)[number]): string | number | bigint | null => {
  switch (sort) {
    case "email":
    case "fullName": {
      const text = consumer[sort]
      // By code point, as UTF-8 sorts; JavaScript compares UTF-16.
      return text === null || text === undefined
        ? null
        : Buffer.from([...fold(text)].slice(0, 255).join("")).toString("hex")
    }
    case "ltv": {
      const [whole = "", fraction = ""] = consumer.ltv!.split(".")
      return BigInt(whole + fraction.padEnd(8, "0"))
    }
    case "totalOrders":
      return consumer.totalOrders!
    case "createdAt":
      return DateTime.toEpochMillis(consumer.createdAt)
    case "lastOrderAt":
      return consumer.lastOrderAt === null || consumer.lastOrderAt === undefined
        ? null
        : DateTime.toEpochMillis(consumer.lastOrderAt)
  }
}

const ordered = (rows: ReadonlyArray<ConsumerFull>, sort: (typeof sorts)[number], direction: 1 | -1) =>
  [...rows].sort((a, b) => {
    const [x, y] = [valueOf(a, sort), valueOf(b, sort)]
    if (x === y) return (a.id < b.id ? -1 : 1) * direction
    if (x === null) return 1
    if (y === null) return -1
    return (x < y ? -1 : 1) * direction
  })

layer(TestLayer, { excludeTestServices: true })("pages of a list", (it) => {
  const walk = Effect.fnUntraced(function* (
    organizationId: OrganizationId,
    query: ConsumerListQuery,
    backwards: boolean,
    size: (page: number) => number,
    between: (page: number) => Effect.Effect<unknown, unknown, Consumers | SqlClient.SqlClient> = () => Effect.void
  ) {
    const consumers = yield* Consumers
    const seen: Array<ConsumerFull> = []
    let cursor: string | null | undefined
    for (let page = 0; cursor !== null; page++) {
      const { data, pageInfo } = yield* consumers.list(organizationId, {
        ...query,
        ...(backwards ? { last: size(page) } : { first: size(page) }),
        ...(cursor === undefined ? {} : backwards ? { before: cursor } : { after: cursor })
      })
      assert.isAtMost(data.length, size(page))
      seen[backwards ? "unshift" : "push"](...data)
      // Nothing lies on the side where the walk began, something where it came from.
      if (page === 0) assert.isNull(backwards ? pageInfo.endCursor : pageInfo.startCursor)
      cursor = backwards ? pageInfo.startCursor : pageInfo.endCursor
      yield* between(page)
    }
    return seen
  })

  it.effect("show everything exactly once, in order, whichever way one walks", () =>
    Effect.gen(function* () {
      const organizationId = yield* freshOrganization
      yield* make(organizationId, 0, 30)
      yield* make(organizationId, 30, 31)
      const all = yield* walk(organizationId, {}, false, () => 100)
      assert.strictEqual(all.length, 61)
      for (const sortBy of sorts) {
        for (const sortDir of ["asc", "desc"] as const) {
          const expected = ordered(all, sortBy, sortDir === "asc" ? 1 : -1).map(({ id }) => id)
          for (const backwards of [false, true]) {
            const seen = yield* walk(
              organizationId,
              { sortBy, sortDir },
              backwards,
              (page) => [7, 1, 20, 61][page % 4]!
            )
            assert.deepStrictEqual(
              seen.map(({ id }) => id),
              expected,
              `${sortBy} ${sortDir} ${backwards}`
            )
          }
        }
      }
    })
  )

  it.effect.prop(
    "show what was there throughout exactly once while others come and go",
    [
      Schema.Literals(sorts),
      Schema.Literals(["asc", "desc"]),
      Schema.Boolean,
      Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9 }))).check(Schema.isMinLength(1))
    ],
    ([sortBy, sortDir, backwards, sizes]) =>
      Effect.gen(function* () {
        const consumers = yield* Consumers
        const organizationId = yield* freshOrganization
        const actor = { organizationId, name: "system" }
        const made = yield* make(organizationId, 0, 24)
        const leaving = made.filter((_, i) => i % 4 === 1)
        const staying = made.filter((_, i) => i % 4 !== 1).map(({ id }) => id)
        let next = 24
        const seen = yield* walk(
          organizationId,
          { sortBy, sortDir },
          backwards,
          (page) => sizes[page % sizes.length]!,
          (page) =>
            Effect.gen(function* () {
              const consumer = leaving[page]
              if (consumer !== undefined) yield* consumers.archive(actor, consumer.id)
              if (page < 10) yield* make(organizationId, next++, 1)
            })
        )
        const ids = seen.map(({ id }) => id)
        assert.strictEqual(new Set(ids).size, ids.length)
        assert.deepStrictEqual(ids.filter((id) => staying.includes(id)).sort(), [...staying].sort())
      }),
    { arbitrary: { runs: 25 } }
  )

  it.effect("have cursors exactly where there is more", () =>
    Effect.gen(function* () {
      const consumers = yield* Consumers
      const organizationId = yield* freshOrganization
      yield* make(organizationId, 0, 5)
      for (const sortBy of sorts) {
        for (const sortDir of ["asc", "desc"] as const) {
          const query = { sortBy, sortDir }
          const whole = yield* consumers.list(organizationId, { ...query, first: 5 })
          assert.deepStrictEqual(whole.pageInfo, { startCursor: null, endCursor: null })
          const first = yield* consumers.list(organizationId, { ...query, first: 2 })
          const second = yield* consumers.list(organizationId, { ...query, first: 3, after: first.pageInfo.endCursor! })
          assert.isNull(second.pageInfo.endCursor)
          const back = yield* consumers.list(organizationId, {
            ...query,
            last: 2,
            before: second.pageInfo.startCursor!
          })
          assert.deepStrictEqual(back.data, first.data)
          assert.deepStrictEqual(back.pageInfo, first.pageInfo)
        }
      }
    })
  )

  it.effect("know that nothing precedes any more once it is gone", () =>
    Effect.gen(function* () {
      const consumers = yield* Consumers
      const organizationId = yield* freshOrganization
      yield* make(organizationId, 0, sorts.length + 1)
      for (const sortBy of sorts) {
        const first = yield* consumers.list(organizationId, { sortBy, first: 1 })
        yield* consumers.archive({ organizationId, name: "system" }, first.data[0]!.id)
        const second = yield* consumers.list(organizationId, { sortBy, first: 1, after: first.pageInfo.endCursor! })
        assert.isNull(second.pageInfo.startCursor, sortBy)
      }
    })
  )

  it.effect("lead back from an empty page behind the last row", () =>
    Effect.gen(function* () {
      const consumers = yield* Consumers
      const organizationId = yield* freshOrganization
      const made = yield* make(organizationId, 0, 3)
      for (const sortDir of ["asc", "desc"] as const) {
        const rising = sortDir === "asc" ? made : [...made].reverse()
        const first = yield* consumers.list(organizationId, { sortDir, first: 2 })
        yield* consumers.archive({ organizationId, name: "system" }, rising[2]!.id)
        const empty = yield* consumers.list(organizationId, { sortDir, first: 2, after: first.pageInfo.endCursor! })
        assert.deepStrictEqual([empty.data.length, empty.pageInfo.endCursor], [0, null])
        const back = yield* consumers.list(organizationId, { sortDir, last: 2, before: empty.pageInfo.startCursor! })
        assert.deepStrictEqual(
          back.data.map(({ id }) => id),
          first.data.map(({ id }) => id)
        )
        yield* Effect.flatMap(
          SqlClient.SqlClient,
          (sql) => sql`UPDATE consumers SET archived = false WHERE organization_id = ${organizationId}`
        )
      }
    })
  )

  it.effect("keep to the microsecond what others wrote to the microsecond", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const organizationId = yield* freshOrganization
      yield* make(organizationId, 0, 12)
      yield* sql`
        UPDATE consumers SET created_at = '2026-01-01T00:00:00.123000Z'::timestamptz + (ordinal * 7 % 12) * interval '1 microsecond'
        WHERE organization_id = ${organizationId}`
      const seen = yield* walk(organizationId, {}, false, () => 1)
      assert.strictEqual(new Set(seen.map(({ id }) => id)).size, 12)
      assert.strictEqual(seen.length, 12)
    })
  )
})

import type { OrganizationId } from "@audiences/domain/Organization"
import { type Allowance, DefaultRateLimits, RateLimits } from "@audiences/engine/rateLimits/RateLimits"
import { RateLimitRepo } from "@audiences/engine/rateLimits/RateLimitRepo"
import { RateLimitRepoSql } from "@audiences/storage/rateLimits/RateLimitRepoSql"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { freshOrganization, PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"

const TestLayer = Layer.provideMerge(RateLimitRepoSql, PostgresTest)

/** As one process of several on the database. */
const newProcess = (api: number) =>
  Effect.map(
    Layer.build(
      Layer.fresh(RateLimits.layer).pipe(Layer.provide(Layer.succeed(DefaultRateLimits, { api, gate: api })))
    ),
    (context) => Context.get(context, RateLimits)
  )

/** How many were allowed in each minute: a run may cross from one into the next. */
const allowedByMinute = (allowances: ReadonlyArray<Allowance | undefined>) => {
  const minutes = new Map<number, number>()
  for (const allowance of allowances)
    if (allowance?.allowed) minutes.set(allowance.resetsAt, (minutes.get(allowance.resetsAt) ?? 0) + 1)
  return [...minutes.values()]
}

/** The minute of every kind that is counted becomes the last one. */
const passMinute = (organizationId: OrganizationId) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.orDie(sql`UPDATE rate_limits SET minute = minute - 1 WHERE organization_id = ${organizationId}::uuid`)
  )

layer(TestLayer)("rate limits of several processes", (it) => {
  for (const limit of [1, 7, 100, 1000]) {
    it.effect(`never allow more than ${limit} in all, and allow all of them`, () =>
      Effect.gen(function* () {
        const organizationId = yield* freshOrganization
        const processes = yield* Effect.all(Array.from({ length: 4 }, () => newProcess(limit)))
        const allowances = yield* Effect.all(
          Array.from({ length: limit * 8 }, (_, i) => processes[i % 4]!.count(organizationId, "api")),
          { concurrency: 32 }
        )
        const allowed = allowedByMinute(allowances)
        for (const each of allowed) assert.isAtMost(each, limit)
        if (allowed.length === 1) assert.strictEqual(allowed[0], limit)
      })
    )
  }

  it.effect("begin anew with the minute of the database", () =>
    Effect.gen(function* () {
      const repo = yield* RateLimitRepo
      const organizationId = yield* freshOrganization
      const take = repo.take(organizationId, "api", 1)
      yield* take
      const none = yield* take
      assert.isAtMost(none.granted, 1)
      yield* passMinute(organizationId)
      const next = yield* take
      assert.deepInclude(next, { limit: 1, granted: 1, left: 0 })
      assert.isAtMost(next.millisLeft, 60_000)
      assert.strictEqual(next.resetsAt % 60, 0)
    })
  )

  it.effect("do not wait for a minute that a clock which was set back has left behind", () =>
    Effect.gen(function* () {
      const repo = yield* RateLimitRepo
      const sql = yield* SqlClient.SqlClient
      const organizationId = yield* freshOrganization
      yield* repo.take(organizationId, "api", 1)
      yield* sql`UPDATE rate_limits SET minute = minute + 60 WHERE organization_id = ${organizationId}::uuid`
      assert.deepInclude(yield* repo.take(organizationId, "api", 1), { granted: 1 })
    })
  )

  it.effect("are the organization's own, where it has any, of each kind", () =>
    Effect.gen(function* () {
      const repo = yield* RateLimitRepo
      const sql = yield* SqlClient.SqlClient
      const [one, other] = [yield* freshOrganization, yield* freshOrganization]
      yield* sql`
        UPDATE organizations SET rate_limit_per_minute = 60, gate_rate_limit_per_minute = 0 WHERE id = ${one}::uuid`
      assert.deepInclude(yield* repo.take(one, "api", 100), { limit: 60, granted: 3 })
      assert.deepInclude(yield* repo.take(one, "gate", 100), { limit: 0, granted: 0 })
      assert.deepInclude(yield* repo.take(other, "api", 100), { limit: 100, granted: 5, left: 95 })
      assert.deepInclude(yield* repo.take(other, "gate", 0), { limit: 0, granted: 0, left: 0 })
    })
  )
})

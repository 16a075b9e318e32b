import { RateLimitRepo } from "@audiences/engine/rateLimits/RateLimitRepo"
import { DefaultRateLimits, RateLimits } from "@audiences/engine/rateLimits/RateLimits"
import { RateLimitRepoSql } from "@audiences/storage/rateLimits/RateLimitRepoSql"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { freshOrganization, PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"

/** The limits as one process knows them. */
const process = (limit: number) =>
  Effect.map(
    Layer.build(
      Layer.fresh(RateLimits.layer).pipe(Layer.provide(Layer.succeed(DefaultRateLimits, { api: limit, gate: 0 })))
    ),
    Context.get(RateLimits)
  )

layer(RateLimitRepoSql.pipe(Layer.provideMerge(PostgresTest)))("rate limits", (it) => {
  it.effect.prop(
    "let no more pass than they say, however many processes share them, and all of them again the next minute",
    {
      limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 150 })),
      processes: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 4 })),
      requests: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 300 }))
    },
    ({ limit, processes, requests }) =>
      Effect.gen(function* () {
        const organizationId = yield* freshOrganization
        const all = yield* Effect.forEach(Array.from({ length: processes }), () => process(limit))
        const minute = Effect.map(
          Effect.forEach(
            Array.from({ length: requests }, (_, i) => all[i % processes]!),
            (limits) => limits.count(organizationId, "api"),
            { concurrency: 20 }
          ),
          (allowances) => allowances.filter((allowance) => allowance!.remaining !== null).length
        )
        for (let i = 0; i < 2; i++) {
          const passed = yield* minute
          assert.isTrue(passed <= limit, `${passed} of ${limit} passed`)
          // What others have taken and not used is lost to this one for the rest of the minute: a twentieth each.
          assert.isTrue(passed >= Math.min(requests, limit - (processes - 1) * Math.ceil(limit / 20)))
          yield* TestClock.adjust("1 minute")
        }
      }).pipe(Effect.scoped),
    { arbitrary: { runs: 20 } }
  )

  it.effect("of an organization's own come before the server's", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const limits = yield* process(10)
      const [own, none, others] = [yield* freshOrganization, yield* freshOrganization, yield* freshOrganization]
      yield* sql`UPDATE organizations SET rate_limit_per_minute = 3 WHERE id = ${own}::uuid`
      yield* sql`UPDATE organizations SET rate_limit_per_minute = 0 WHERE id = ${none}::uuid`
      assert.strictEqual((yield* limits.count(own, "api"))?.limit, 3)
      assert.isUndefined(yield* limits.count(none, "api"))
      assert.strictEqual((yield* limits.count(others, "api"))?.limit, 10)
      assert.isUndefined(yield* limits.count(own, "gate"))
    }).pipe(Effect.scoped)
  )

  it.effect("hold for each process alone while the database is away", () =>
    Effect.gen(function* () {
      const organizationId = yield* freshOrganization
      const away = RateLimitRepo.of({ take: () => Effect.die("no connection") })
      const limits = yield* Effect.provideService(process(10), RateLimitRepo, away)
      const counted = yield* Effect.forEach(Array.from({ length: 25 }), () => limits.count(organizationId, "api"))
      assert.strictEqual(counted.filter((allowance) => allowance!.remaining !== null).length, 10)
    }).pipe(Effect.scoped)
  )
})

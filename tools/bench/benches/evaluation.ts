import { Migrations } from "@audiences/storage/Migrations"
import { Postgres } from "@audiences/storage/postgres/Postgres"
import { whereCondition } from "@audiences/storage/rules/ConditionSql"
import { DateTime, Effect, Layer, ManagedRuntime, Redacted, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { insertBenchConsumers } from "../BenchConsumers.ts"
import type { Bench } from "../Benchmark.ts"
import { now } from "../data/gen-consumers.mjs"
import { columnSizes } from "../evaluation/ColumnSizes.ts"
import { mainAudience } from "../evaluation/MainAudience.ts"
import { manyAudiences } from "../evaluation/ManyAudiences.ts"
import type { Subject } from "../evaluation/Subject.ts"
import { PrivatePostgres } from "../PrivatePostgres.ts"

const decodeCount = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ count: Schema.Finite })]))

/** Conditions over the columns in memory, beside a loop written by hand and beside PostgreSQL. */
const bench: Bench = {
  name: "evaluation",
  describe: "audiences over all consumers, beside a loop written by hand and beside SELECT count(*)",
  run: async (size) => {
    await using postgres = await PrivatePostgres.start()
    const { url } = postgres
    const client = Postgres({ url: Redacted.make(url), maxConnections: 4 })
    const runtime = ManagedRuntime.make(Migrations.pipe(Layer.provideMerge(client)))
    try {
      const organizationId = await runtime.runPromise(insertBenchConsumers(size.rows))
      const subject: Subject = {
        url,
        organizationId,
        rows: size.rows,
        run: (effect) => runtime.runPromise(effect),
        count: (condition) =>
          runtime.runPromise(
            Effect.gen(function* () {
              const sql = yield* SqlClient.SqlClient
              const rows = yield* sql`
                SELECT count(*)::float8 AS count FROM consumers
                WHERE organization_id = ${organizationId}::uuid AND NOT archived AND ${whereCondition(sql, condition, DateTime.makeUnsafe(now))}`
              return (yield* decodeCount(rows))[0].count
            })
          )
      }
      return [...(await mainAudience(subject)), ...(await manyAudiences(subject)), ...(await columnSizes(subject))]
    } finally {
      await runtime.dispose()
    }
  }
}

export default bench

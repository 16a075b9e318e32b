import { Distributions } from "@audiences/engine/distributions/Distributions"
import { DistributionRepoSql } from "@audiences/storage/distributions/DistributionRepoSql"
import { Migrations } from "@audiences/storage/Migrations"
import { Postgres } from "@audiences/storage/postgres/Postgres"
import { TierCut } from "@audiences/domain/TierSuggestion"
import type { DistributionQuery } from "@audiences/domain/Distribution"
import { Effect, Layer, ManagedRuntime, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { insertBenchConsumers } from "../BenchConsumers.ts"
import { type Bench, compared, median, rounded } from "../Benchmark.ts"
import { millisOf } from "../evaluation/Subject.ts"
import { PrivatePostgres } from "../PrivatePostgres.ts"

const rounds = 3

/** Tiers suggested of an amount, beside the distribution without them. */
const bench: Bench = {
  name: "suggestion",
  describe: "suggesting tiers of all consumers' amounts, beside the distribution alone",
  run: async (size) => {
    await using postgres = await PrivatePostgres.start()
    const client = Postgres({ url: Redacted.make(postgres.url), maxConnections: 4 })
    const repo = DistributionRepoSql.pipe(Layer.provideMerge(Migrations.pipe(Layer.provideMerge(client))))
    const runtime = ManagedRuntime.make(Distributions.layer.pipe(Layer.provideMerge(repo)))
    try {
      const organizationId = await runtime.runPromise(insertBenchConsumers(size.rows))
      await runtime.runPromise(Effect.flatMap(SqlClient.SqlClient, (sql) => sql`VACUUM ANALYZE consumers`))
      const millis = (query: DistributionQuery) =>
        millisOf(async () => {
          await runtime.runPromise(
            Effect.flatMap(Distributions, (distributions) => distributions.of(organizationId, query))
          )
        })
      const alone: Array<number> = []
      const times = new Map(TierCut.literals.map((suggest) => [suggest, [] as Array<number>]))
      for (let round = 0; round < rounds; round++) {
        alone.push(await millis({}))
        for (const [suggest, all] of times) all.push(await millis({ suggest, tiers: 5, from: "0.01" }))
      }
      return [...times].map(([suggest, all]) =>
        compared({
          work: `${suggest} of ${rounded(size.rows)} consumers with their distribution, beside the distribution alone`,
          unit: "ms",
          figure: median(all),
          reference: median(alone)
        })
      )
    } finally {
      await runtime.dispose()
    }
  }
}

export default bench

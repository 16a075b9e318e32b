import { boundsOf, neededPlaces } from "@audiences/engine/rfm/RfmCutting"
import { defaultMethod } from "@audiences/engine/rfm/RfmMethods"
import { RfmRepo } from "@audiences/engine/rfm/RfmRepo"
import { Migrations } from "@audiences/storage/Migrations"
import { Postgres } from "@audiences/storage/postgres/Postgres"
import { RfmRepoSql } from "@audiences/storage/rfm/RfmRepoSql"
import { writeScoring } from "@audiences/storage/rfm/RfmScoringWrites"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Uuid } from "@audiences/domain/Uuid"
import { DateTime, Effect, Layer, ManagedRuntime, Option, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { insertBenchConsumers } from "../BenchConsumers.ts"
import { type Bench, compared, median, rounded } from "../Benchmark.ts"
import { now as generatedNow } from "../data/gen-consumers.mjs"
import { millisOf } from "../evaluation/Subject.ts"
import { PrivatePostgres } from "../PrivatePostgres.ts"

const rounds = 3
const now = DateTime.makeUnsafe(generatedNow)

/** A whole scoring; the number of consumers whose ranks changed. */
const score = Effect.fnUntraced(function* (organizationId: OrganizationId) {
  const repo = yield* RfmRepo
  const actor = { organizationId, name: "bench" }
  const sql = yield* SqlClient.SqlClient
  const scoring = { method: { ...defaultMethod, asOf: now }, intervalSeconds: null }
  yield* sql.withTransaction(writeScoring(sql, actor, now, scoring, "rfm.create"))
  const cutting = { places: neededPlaces, bounds: boundsOf }
  const id = Option.getOrThrow(yield* repo.begin(organizationId, now, yield* yield* Uuid, cutting))
  while (!(yield* repo.advance(organizationId, now, id)));
  const { latestRun } = Option.getOrThrow(yield* repo.state(organizationId))
  return latestRun!.changedCount
})

/** Each of the three fields, in its order. */
const readInOrder = Effect.fnUntraced(function* (organizationId: OrganizationId) {
  const sql = yield* SqlClient.SqlClient
  for (const column of ["last_order_at", "total_orders", "ltv"])
    yield* sql`
      SELECT count(value) FROM (
        SELECT ${sql.literal(column)} AS value FROM consumers WHERE organization_id = ${organizationId}::uuid AND NOT archived AND total_orders > 0
        ORDER BY ${sql.literal(column)} OFFSET 0
      ) ordered`
})

/** What a scoring writes, in one bare statement; other ranks than those that are right. */
const rewrite = Effect.fnUntraced(function* (organizationId: OrganizationId) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    UPDATE consumers SET
      activity_rank = activity_rank % 5 + 1, activity_score = activity_score + 1, activity_score_updated_at = now(),
      purchase_frequency_rank = purchase_frequency_rank % 5 + 1, purchase_frequency_score = purchase_frequency_score + 1,
      purchase_frequency_score_updated_at = now(),
      monetary_rank = monetary_rank % 5 + 1, monetary_score = monetary_score + 1, monetary_score_updated_at = now()
    WHERE organization_id = ${organizationId}::uuid AND activity_rank > 0`
})

/** Scoring all consumers, beside reading what it reads and writing what it writes. */
const bench: Bench = {
  name: "rfm",
  describe: "scoring all consumers, beside reading the three fields in order, and beside a bare UPDATE",
  run: async (size) => {
    await using postgres = await PrivatePostgres.start()
    const client = Postgres({ url: Redacted.make(postgres.url), maxConnections: 4 })
    const runtime = ManagedRuntime.make(
      RfmRepoSql.pipe(Layer.provideMerge(Migrations.pipe(Layer.provideMerge(client))))
    )
    try {
      const organizationId = await runtime.runPromise(insertBenchConsumers(size.rows))
      const vacuum = () =>
        runtime.runPromise(Effect.flatMap(SqlClient.SqlClient, (sql) => sql`VACUUM ANALYZE consumers`))
      const times = {
        read: [] as Array<number>,
        score: [] as Array<number>,
        bare: [] as Array<number>,
        write: [] as Array<number>
      }
      const timed = async (name: keyof typeof times, work: () => Promise<unknown>) => {
        times[name].push(await millisOf(async () => void (await work())))
        if (name === "bare" || name === "write") await vacuum()
      }
      await runtime.runPromise(score(organizationId))
      await vacuum()
      let changed = 0
      for (let round = 0; round < rounds; round++) {
        await timed("read", () => runtime.runPromise(readInOrder(organizationId)))
        await timed("score", () => runtime.runPromise(score(organizationId)))
        await timed("bare", () => runtime.runPromise(rewrite(organizationId)))
        await timed("write", async () => (changed = await runtime.runPromise(score(organizationId))))
      }
      const scoring = median(times.score)
      return [
        compared({
          work: `scoring ${rounded(size.rows)} consumers, nothing to write, beside reading their three fields in order`,
          unit: "ms",
          figure: scoring,
          reference: median(times.read),
          reach: { atMost: 3 }
        }),
        compared({
          work: `writing ${rounded(changed)} ranks that changed, beside a bare UPDATE of as many rows`,
          unit: "ms",
          figure: median(times.write) - scoring,
          reference: median(times.bare),
          reach: { atMost: 1.3 }
        })
      ]
    } finally {
      await runtime.dispose()
    }
  }
}

export default bench

import { type ConsumerId, ConsumerNotFound } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import { RfmExplanation, type RfmRun, RfmValues } from "@audiences/domain/Rfm"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { latestRun } from "./RfmRuns.ts"
import { rfmConsumers } from "./RfmValues.ts"

const decodeRanks = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ ordinal: Schema.Finite, ...RfmExplanation.fields.ranks.fields }))
)
const decodeValues = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      lastOrderAt: Schema.DateTimeUtcFromDate,
      orderCount: RfmValues.fields.orderCount,
      monetary: RfmValues.fields.monetary
    })
  )
)

const dayMillis = 86_400_000

/** What a run cuts of one consumer; null: no order of the consumer counts. */
const valuesOf = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  ordinal: number,
  { method, startedAt }: RfmRun
) {
  const asOf = method.asOf ?? startedAt
  const one = rfmConsumers(sql, organizationId, { ...method, asOf }, (each) => sql`${each} = ${ordinal}::int`)
  const [found] = yield* decodeValues(
    yield* sql`
      SELECT last_order_at, order_count::float8 AS order_count, trim_scale(monetary)::text AS monetary FROM (${one}) v WHERE has_ordered`
  )
  if (found === undefined) return null
  const recencyDays = (DateTime.toEpochMillis(asOf) - DateTime.toEpochMillis(found.lastOrderAt)) / dayMillis
  return { ...found, recencyDays }
})

/** The ranks of a consumer, and its values counted as the latest run counts them. */
export const explainRanks = (sql: SqlClient.SqlClient, organizationId: OrganizationId, consumerId: ConsumerId) =>
  Effect.gen(function* () {
    yield* sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`
    const [row] = yield* decodeRanks(
      yield* sql`
        SELECT ordinal, activity_rank AS recency, purchase_frequency_rank AS frequency, monetary_rank AS monetary
        FROM consumers WHERE organization_id = ${organizationId}::uuid AND id = ${consumerId}::uuid`
    )
    if (row === undefined) return yield* new ConsumerNotFound()
    const { ordinal, ...ranks } = row
    const run = yield* latestRun(sql, organizationId)
    const values = run === null ? null : yield* valuesOf(sql, organizationId, ordinal, run)
    return { consumerId, ranks, values, latestRun: run }
  }).pipe(sql.withTransaction, Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die }))

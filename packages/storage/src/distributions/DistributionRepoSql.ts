import { consumerFields } from "@audiences/domain/ConsumerField"
import type { DistributionField } from "@audiences/domain/Distribution"
import type { OrganizationId } from "@audiences/domain/Organization"
import {
  DistributionRepo,
  type EdgesOf,
  type FieldDistribution,
  type TierCutting
} from "@audiences/engine/distributions/DistributionRepo"
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { comparedColumns } from "../rules/ComparedColumns.ts"
import { cutTiers } from "./DistributionTiers.ts"

const decodeSummary = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      count: Schema.Finite,
      min: Schema.NullOr(Schema.String),
      max: Schema.NullOr(Schema.String),
      mean: Schema.NullOr(Schema.String),
      stdDev: Schema.NullOr(Schema.String)
    })
  )
)
const decodeMedian = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ median: Schema.String })))
const decodeCounts = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ bucket: Schema.Finite, count: Schema.Finite }))
)

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const read = Effect.fnUntraced(function* (
    organizationId: OrganizationId,
    field: DistributionField,
    edgesOf: EdgesOf,
    cutting?: TierCutting
  ) {
    yield* sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`
    const money = consumerFields[field] === "money"
    const value = sql.literal(comparedColumns[field])
    const live = sql`FROM consumers WHERE organization_id = ${organizationId}::uuid AND NOT archived`
    // Decimals, so that neither the order of the rows nor their number costs a digit.
    const shown = (expression: string) =>
      sql.literal(money ? `round(${expression}, 8)::text` : `(${expression})::float8::text`)
    const column = comparedColumns[field]
    const exact = money ? column : `${column}::numeric`
    const summaries = yield* sql`
      SELECT count(*)::float8 AS count, min(${value})::text AS min, max(${value})::text AS max,
        ${shown(`avg(${exact})`)} AS mean, ${shown(`stddev_pop(${exact})`)} AS std_dev ${live}`
    const [summary] = yield* decodeSummary(summaries)
    if (summary === undefined || summary.min === null || summary.max === null) return nobody
    const { count, max, min } = summary
    const middle = yield* sql`
      SELECT ${shown("avg(middle.value)")} AS median FROM (
        SELECT ${sql.literal(exact)} AS value ${live} ORDER BY ${value}
        OFFSET ${Math.floor((count - 1) / 2)}::bigint LIMIT ${count % 2 === 0 ? 2 : 1}
      ) AS middle`
    const [{ median } = { median: "0" }] = yield* decodeMedian(middle)
    const edges = edgesOf(min, max)
    const inner = `{${edges.slice(1, -1).join(",")}}`
    const type = sql.literal(money ? "numeric" : "float8")
    // A subquery is read once; the text itself would be parsed again for every consumer.
    const bounds = sql`(SELECT ${inner}::text::${type}[])`
    const counted = yield* sql`
      SELECT width_bucket(${value}, ${bounds})::float8 AS bucket, count(*)::float8 AS count
      ${live} GROUP BY 1`
    const counts = edges.slice(1).map(() => 0)
    for (const row of yield* decodeCounts(counted)) counts[row.bucket] = row.count
    const tiers =
      cutting === undefined ? undefined : yield* cutTiers(sql, { value, type, isMoney: money, live }, cutting)
    const found: FieldDistribution = {
      ...(tiers === undefined ? {} : { tiers }),
      count,
      spread: { min, max, mean: summary.mean ?? "0", median, stdDev: summary.stdDev ?? "0" },
      edges,
      counts
    }
    return found
  })

  return DistributionRepo.of({
    distribution: Effect.fn("DistributionRepo.distribution")(read, sql.withTransaction, Effect.orDie)
  })
})

const nobody: FieldDistribution = { count: 0, edges: [], counts: [] }

export const DistributionRepoSql = Layer.effect(DistributionRepo, make)

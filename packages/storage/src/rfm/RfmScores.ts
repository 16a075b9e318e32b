import type { OrganizationId } from "@audiences/domain/Organization"
import { blockSize } from "@audiences/engine/memberships/Block"
import type { Bound, Bounds, Dimension } from "@audiences/engine/rfm/RfmCutting"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { instant, type RfmMethodAt, rfmValues } from "./RfmValues.ts"

/** The fields of a consumer that a scoring writes, by their names in the contract. */
const fields = [
  "activityRank",
  "activityScore",
  "activityScoreUpdatedAt",
  "monetaryRank",
  "monetaryScore",
  "monetaryScoreUpdatedAt",
  "purchaseFrequencyRank",
  "purchaseFrequencyScore",
  "purchaseFrequencyScoreUpdatedAt"
]

/** 1 for who is above a bound, else 0. */
const above = (sql: SqlClient.SqlClient, dimension: Dimension, { asOf }: RfmMethodAt, bound: Bound) => {
  const recency = DateTime.makeUnsafe(DateTime.toEpochMillis(asOf) - Number(bound.value))
  const [value, beyond, at] =
    dimension === "recency"
      ? ([sql`v.last_order_at`, sql`<`, instant(sql, recency)] as const)
      : ([sql.literal(`v.${dimension}`), sql`>`, sql`${bound.value}::text::numeric`] as const)
  return bound.consumerId === null
    ? sql`(${value} ${beyond} ${at})::int`
    : sql`(${value} ${beyond} ${at} OR (${value} = ${at} AND
        (v.external_id IS NULL, coalesce(v.external_id, ''), v.id)
          > (${bound.externalId === null}::boolean, ${bound.externalId ?? ""}::text COLLATE "C", ${bound.consumerId}::uuid)))::int`
}

/** How many bounds somebody is above: 0 for the lowest bin. */
const binOf = (sql: SqlClient.SqlClient, dimension: Dimension, method: RfmMethodAt, bounds: Bounds) =>
  bounds[dimension].reduce((sum, bound) => sql`${sum} + ${above(sql, dimension, method, bound)}`, sql`0`)

const decodeOrdinals = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ ordinal: Schema.Finite })))

/** Writes the ranks of the consumers of a block, and returns the ordinals of those whose ranks changed. Leaves the feed to the caller. */
export const scoreBlock = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  now: DateTime.Utc,
  method: RfmMethodAt,
  bounds: Bounds,
  block: number
) {
  const first = block * blockSize
  const within = (ordinal: ReturnType<typeof sql.literal>) =>
    sql`${ordinal} BETWEEN ${first}::int AND ${first + blockSize - 1}::int`
  const at = instant(sql, now)
  yield* sql`
    CREATE TEMPORARY TABLE rfm_scores ON COMMIT DROP AS
    SELECT c.id, c.ordinal, s.recency, s.frequency, s.monetary
    FROM consumers c
    LEFT JOIN (${rfmValues(sql, organizationId, method, within)}) v ON v.ordinal = c.ordinal
    CROSS JOIN LATERAL (SELECT
      CASE WHEN v.ordinal IS NULL THEN 0 ELSE ${method.bins}::int - (${binOf(sql, "recency", method, bounds)}) END AS recency,
      CASE WHEN v.ordinal IS NULL THEN 0 ELSE 1 + ${binOf(sql, "frequency", method, bounds)} END AS frequency,
      CASE WHEN v.ordinal IS NULL THEN 0 ELSE 1 + ${binOf(sql, "monetary", method, bounds)} END AS monetary
    ) s
    WHERE c.organization_id = ${organizationId}::uuid AND NOT c.archived AND ${within(sql.literal("c.ordinal"))}
      AND (c.activity_rank, c.purchase_frequency_rank, c.monetary_rank) IS DISTINCT FROM (s.recency, s.frequency, s.monetary)`
  // In the order of ids, as everybody locks consumers.
  yield* sql`
    SELECT 1 FROM (
      SELECT c.id FROM rfm_scores s JOIN consumers c ON c.organization_id = ${organizationId}::uuid AND c.id = s.id
      ORDER BY c.id FOR NO KEY UPDATE OF c
    ) AS locked LIMIT 0`
  const score = (rank: string) => sql`${sql.literal(rank)} * 100.0 / ${method.bins}::int`
  const changed = (column: string, rank: string) =>
    sql`CASE WHEN c.${sql.literal(`${column}_rank`)} = ${sql.literal(rank)} THEN c.${sql.literal(`${column}_score_updated_at`)} ELSE ${at} END`
  const rows = yield* sql`
    UPDATE consumers c SET
      activity_rank = s.recency, activity_score = ${score("s.recency")},
      activity_score_updated_at = ${changed("activity", "s.recency")},
      purchase_frequency_rank = s.frequency, purchase_frequency_score = ${score("s.frequency")},
      purchase_frequency_score_updated_at = ${changed("purchase_frequency", "s.frequency")},
      monetary_rank = s.monetary, monetary_score = ${score("s.monetary")},
      monetary_score_updated_at = ${changed("monetary", "s.monetary")}
    FROM rfm_scores s WHERE c.organization_id = ${organizationId}::uuid AND c.id = s.id
    RETURNING c.ordinal`
  return (yield* decodeOrdinals(rows)).map(({ ordinal }) => ordinal)
})

export const recordScores = (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  ordinals: ReadonlyArray<number>
) =>
  ordinals.length === 0
    ? Effect.void
    : sql`SELECT record_change(${organizationId}::uuid, ${ordinals}::int[], ${fields}::text[], NULL)`

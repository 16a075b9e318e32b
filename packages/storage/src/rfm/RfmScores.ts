import type { OrganizationId } from "@audiences/domain/Organization"
import { blockSize } from "@audiences/engine/memberships/Block"
import type { Bound, Bounds, Dimension } from "@audiences/engine/rfm/RfmCutting"
import { type DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import type { RunRow } from "./RfmRow.ts"
import { changedSince } from "./RfmSince.ts"
import { instant, instantBefore, readingValues, rfmConsumers, type RfmMethodAt } from "./RfmValues.ts"

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

/** What is compared of a dimension, how whoever is not above a bound compares with it, and the bound itself. */
const compared = (sql: SqlClient.SqlClient, dimension: Dimension, { asOf }: RfmMethodAt, { value }: Bound) => {
  // A subquery is read once; the text itself would be parsed again for every consumer.
  switch (dimension) {
    case "recency":
      return [sql`v.last_order_at`, sql`>=`, sql`(SELECT ${instantBefore(sql, asOf, value)})`] as const
    case "frequency":
      // Doubles, as they are stored: exact for counts below 10⁷.
      return [sql`v.order_count`, sql`<=`, sql`(SELECT ${value}::text::float8)`] as const
    case "monetary":
      return [sql`v.monetary`, sql`<=`, sql`(SELECT ${value}::text::numeric)`] as const
  }
}

/** Whether somebody is not above a bound; of `rank-first` who has its value, and comes after it in the row, is. */
const isWithin = (sql: SqlClient.SqlClient, dimension: Dimension, method: RfmMethodAt, bound: Bound) => {
  const [value, within, at] = compared(sql, dimension, method, bound)
  return bound.consumerId === null
    ? sql`${value} ${within} ${at}`
    : sql`${value} ${within} ${at} AND (${value} <> ${at} OR
        (v.external_id IS NULL, coalesce(v.external_id, ''), v.id)
          <= (${bound.externalId === null}::boolean, ${bound.externalId ?? ""}::text COLLATE "C", ${bound.consumerId}::uuid))`
}

/** How many bounds somebody is above: 0 for the lowest bin. */
const binOf = (sql: SqlClient.SqlClient, dimension: Dimension, method: RfmMethodAt, bounds: Bounds) => {
  const all = bounds[dimension]
  const bins = all.map((bound, i) => sql`WHEN ${isWithin(sql, dimension, method, bound)} THEN ${sql.literal(`${i}`)}`)
  return bins.length === 0
    ? sql`0`
    : sql`CASE ${bins.reduce((some, bin) => sql`${some} ${bin}`)} ELSE ${sql.literal(`${bins.length}`)} END`
}

const decodeOrdinals = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ ordinal: Schema.Finite })))

/** Writes the ranks of the consumers of the next block of a run, and returns the ordinals of those whose ranks changed. Leaves the feed to the caller. */
export const scoreBlock = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  now: DateTime.Utc,
  { bounds, nextBlock, sinceAsOf, sincePosition, ...run }: RunRow
) {
  const method = { ...run.method, asOf: run.method.asOf ?? now }
  const first = nextBlock * blockSize
  const block = (ordinal: ReturnType<typeof sql.literal>) =>
    sql`${ordinal} BETWEEN ${first}::int AND ${first + blockSize - 1}::int`
  const within =
    sincePosition === null || sinceAsOf === null
      ? block
      : changedSince(sql, organizationId, method, bounds, { position: sincePosition, asOf: sinceAsOf }, block)
  const at = instant(sql, now)
  const scored = sql`
    CREATE TEMPORARY TABLE rfm_scores ON COMMIT DROP AS
    SELECT id, ordinal, recency, frequency, monetary FROM (
      SELECT id, ordinal, activity_rank, purchase_frequency_rank, monetary_rank,
        CASE WHEN has_ordered THEN ${method.bins}::int - (${binOf(sql, "recency", method, bounds)}) ELSE 0 END AS recency,
        CASE WHEN has_ordered THEN 1 + ${binOf(sql, "frequency", method, bounds)} ELSE 0 END AS frequency,
        CASE WHEN has_ordered THEN 1 + ${binOf(sql, "monetary", method, bounds)} ELSE 0 END AS monetary
      FROM (${rfmConsumers(sql, organizationId, method, within)}) v
    ) s
    WHERE (activity_rank, purchase_frequency_rank, monetary_rank) IS DISTINCT FROM (recency, frequency, monetary)`
  yield* readingValues(sql, method, scored)
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

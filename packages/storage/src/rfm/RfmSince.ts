import type { OrganizationId } from "@audiences/domain/Organization"
import { RfmMethod } from "@audiences/domain/Rfm"
import type { Bounds } from "@audiences/engine/rfm/RfmCutting"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { isDeepStrictEqual } from "node:util"
import { instantBefore, type RfmMethodAt } from "./RfmValues.ts"

/** What a run builds on: the ranks of an earlier one by the same method, as of its instant and its position of the change feed. */
export interface Since {
  readonly position: number
  readonly asOf: DateTime.Utc
}

const decode = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ method: RfmMethod, position: Schema.Finite, isKept: Schema.Boolean }))
)

/**
 * The latest run, if only changed consumers and those whom time carries over a threshold can have other ranks than it gave. So it is
 * with fixed thresholds of totals, while the feed reaches back to it. A quantile may move with any value; orders leave a window unseen.
 */
export const readSince = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  method: RfmMethodAt
) {
  if (method.cuts !== "fixed" || method.source !== "totals") return null
  const rows = yield* sql`
    SELECT r.method, r.position::float8 AS position, coalesce((
      SELECT min(c.position) = r.position + 1 FROM changes c
      WHERE c.organization_id = r.organization_id AND c.position > r.position
    ), true) AS is_kept
    FROM rfm_runs r WHERE r.organization_id = ${organizationId}::uuid AND r.position IS NOT NULL ORDER BY r.started_at DESC, r.id DESC LIMIT 1`
  const [latest] = yield* decode(rows)
  if (latest === undefined || !latest.isKept || latest.method.asOf === null) return null
  const { asOf } = latest.method
  const isSame = isDeepStrictEqual({ ...latest.method, asOf: null }, { ...method, asOf: null })
  const since: Since = { position: latest.position, asOf }
  return isSame && DateTime.isLessThanOrEqualTo(asOf, method.asOf) ? since : null
})

/** Those of a block whose ranks may be others: a condition on ordinals. */
export const changedSince = (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  method: RfmMethodAt,
  { recency }: Bounds,
  since: Since,
  within: (ordinal: Statement.Fragment) => Statement.Fragment
) => {
  const passers = recency.map(
    ({ value }) => sql`
      UNION SELECT ordinal FROM consumers
      WHERE organization_id = ${organizationId}::uuid AND NOT archived AND ${within(sql`ordinal`)}
        AND last_order_at >= ${instantBefore(sql, since.asOf, value)} AND last_order_at < ${instantBefore(sql, method.asOf, value)}`
  )
  const changed = sql`
    SELECT o.ordinal FROM changes c, unnest(c.ordinals) AS o (ordinal)
    WHERE c.organization_id = ${organizationId}::uuid AND c.position > ${since.position}::bigint AND c.audience_id IS NULL
      AND ${within(sql`o.ordinal`)}`
  return (ordinal: Statement.Fragment) =>
    sql`${within(ordinal)} AND ${ordinal} IN (${passers.reduce((all, each) => sql`${all} ${each}`, changed)})`
}

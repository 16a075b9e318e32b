import type { OrganizationId } from "@audiences/domain/Organization"
import { type Block, decodeOffsets } from "@audiences/engine/memberships/Block"
import type { Evaluation } from "@audiences/engine/memberships/MembershipRepo"
import type { Condition } from "@audiences/engine/rules/Condition"
import { type DateTime, Effect, Schema } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { whereCondition } from "../rules/ConditionSql.ts"

/** Ordinals of one block as the 16 bits of each one's offset: compact, and not a row each. */
const offsets = (sql: SqlClient.SqlClient, ordinal: Statement.Fragment) =>
  sql`string_agg(int2send((((${ordinal} & 65535) # 32768) - 32768)::int2), ''::bytea)`

const head = (sql: SqlClient.SqlClient, organizationId: OrganizationId) =>
  sql`(SELECT coalesce(max(position), 0)::float8 FROM changes WHERE organization_id = ${organizationId}::uuid)`

const decodeMembers = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      position: Schema.Finite,
      block: Schema.NullOr(Schema.Finite),
      members: Schema.NullOr(Schema.Uint8Array)
    })
  )
)

/** Asks the condition of every live consumer. One statement: the answers are those at the feed's position that comes with them. */
export const evaluate = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  condition: Condition,
  now: DateTime.Utc
) {
  const rows = yield* sql`
    SELECT ${head(sql, organizationId)} AS position, found.block, found.members
    FROM (SELECT 1) AS always LEFT JOIN (
      SELECT ordinal >> 16 AS block, ${offsets(sql, sql`ordinal`)} AS members FROM consumers
      WHERE organization_id = ${organizationId}::uuid AND NOT archived AND ${whereCondition(sql, condition, now)}
      GROUP BY 1
    ) AS found ON true`
  const blocks = new Map<number, Block>()
  let position = 0
  for (const row of yield* Effect.orDie(decodeMembers(rows))) {
    position = row.position
    if (row.block !== null && row.members !== null) blocks.set(row.block, decodeOffsets(row.members))
  }
  const evaluation: Evaluation = { position, blocks }
  return evaluation
})

const decodeTouched = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      position: Schema.Finite,
      block: Schema.NullOr(Schema.Finite),
      touched: Schema.NullOr(Schema.Uint8Array),
      members: Schema.NullOr(Schema.Uint8Array)
    })
  )
)

/** Asks it again of some consumers and of those that changed since a position of the feed; they, and who of them meets the condition, by block. */
export const reevaluate = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  condition: Condition,
  now: DateTime.Utc,
  since: number,
  others: ReadonlyArray<number>
) {
  const rows = yield* sql`
    SELECT ${head(sql, organizationId)} AS position, found.block, found.touched, found.members
    FROM (SELECT 1) AS always LEFT JOIN (
      SELECT touched >> 16 AS block, ${offsets(sql, sql`touched`)} AS touched,
        ${offsets(sql, sql`touched`)} FILTER (WHERE ordinal IS NOT NULL AND NOT archived AND ${whereCondition(sql, condition, now)}) AS members
      FROM (
        SELECT DISTINCT unnest(ordinals) AS touched FROM changes
        WHERE organization_id = ${organizationId}::uuid AND position > ${since}::bigint AND audience_id IS NULL
        UNION SELECT unnest(${others}::int[])
      ) AS changed LEFT JOIN consumers ON organization_id = ${organizationId}::uuid AND ordinal = touched
      GROUP BY 1
    ) AS found ON true`
  const blocks = new Map<number, { readonly touched: Block; readonly members: Block }>()
  let position = 0
  for (const row of yield* Effect.orDie(decodeTouched(rows))) {
    position = row.position
    if (row.block === null || row.touched === null) continue
    blocks.set(row.block, {
      touched: decodeOffsets(row.touched),
      members: decodeOffsets(row.members ?? new Uint8Array())
    })
  }
  return { position, blocks }
})

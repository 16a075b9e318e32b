import { latestInstant } from "@audiences/domain/Instant"
import type { OrganizationId } from "@audiences/domain/Organization"
import { type Boundary, boundaryKey } from "@audiences/engine/rules/ConditionFields"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { comparedColumns } from "../rules/ComparedColumns.ts"
import { timestamp } from "../rules/ConditionSql.ts"

/** A time after `from`, up to and with `to`, in milliseconds since 1970. */
export interface Window {
  readonly from: number
  readonly to: number
}

/** The values of those who pass a boundary in a window: the first and the last of them. */
const passing = ({ offsetMillis, delayMillis }: Boundary, { from, to }: Window) => ({
  low: timestamp(from + 1 + offsetMillis - delayMillis),
  high: timestamp(to + offsetMillis - delayMillis)
})

/** One query per field: each has an index of its own. */
const perField = (boundaries: Iterable<Boundary>) =>
  Array.from(
    Map.groupBy(boundaries, ({ field }) => field),
    ([field, those]) => ({
      column: comparedColumns[field],
      those
    })
  )

const decodePassers = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ key: Schema.String, ordinal: Schema.Finite }))
)

/**
 * Which live consumers pass which boundary in a window: at most `limit` of each field. The order is for the planner, which does not know
 * how few they are: it walks the index once for each boundary, and does not read all consumers for all of them.
 */
export const readPassers = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  boundaries: Iterable<Boundary>,
  window: Window,
  limit: number | null
) {
  const queries = perField(boundaries).map(({ column, those }) => {
    const windows = those.map((each) => passing(each, window))
    return sql`(
      SELECT b.key, c.ordinal
      FROM unnest(${those.map(boundaryKey)}::text[], ${windows.map(({ low }) => low)}::timestamptz[], ${windows.map(({ high }) => high)}::timestamptz[])
        AS b (key, low, high)
      CROSS JOIN LATERAL (
        SELECT c.ordinal FROM consumers c
        WHERE c.organization_id = ${organizationId}::uuid AND NOT c.archived
          AND c.${sql.literal(column)} >= b.low AND c.${sql.literal(column)} <= b.high
        ORDER BY c.${sql.literal(column)} LIMIT ${limit}::int) AS c
      LIMIT ${limit}::int)`
  })
  return queries.length === 0 ? [] : yield* Effect.orDie(decodePassers(yield* unionAll(sql, queries)))
})

const decodeNext = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ key: Schema.String, value: Schema.NullOr(Schema.Finite) }))
)

/** When the next live consumer passes any of the boundaries after an instant; null: nobody does, by what is written so far. */
export const readNextFlip = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  boundaries: ReadonlyMap<string, Boundary>,
  after: DateTime.Utc
) {
  const now = DateTime.toEpochMillis(after)
  const queries = perField(boundaries.values()).map(
    ({ column, those }) => sql`
      SELECT b.key, (extract(epoch FROM (
        SELECT c.${sql.literal(column)} FROM consumers c
        WHERE c.organization_id = ${organizationId}::uuid AND NOT c.archived AND c.${sql.literal(column)} >= b.low
        ORDER BY c.${sql.literal(column)} LIMIT 1)) * 1000)::float8 AS value
      FROM unnest(${those.map(boundaryKey)}::text[], ${those.map((each) => passing(each, { from: now, to: now }).low)}::timestamptz[]) AS b (key, low)`
  )
  if (queries.length === 0) return null
  const flips = (yield* Effect.orDie(decodeNext(yield* unionAll(sql, queries)))).flatMap(({ key, value }) => {
    const { offsetMillis, delayMillis } = boundaries.get(key)!
    return value === null ? [] : [value - offsetMillis + delayMillis]
  })
  const next = Math.min(...flips)
  return next > latestInstant ? null : DateTime.makeUnsafe(next)
})

const unionAll = (sql: SqlClient.SqlClient, queries: ReadonlyArray<Statement.Fragment>) =>
  sql`${sql.join(" UNION ALL ", false)(queries)}`

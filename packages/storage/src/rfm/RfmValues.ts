import type { OrganizationId } from "@audiences/domain/Organization"
import type { RfmMethod } from "@audiences/domain/Rfm"
import { type Dimension, dimensions, type PlacedValue } from "@audiences/engine/rfm/RfmCutting"
import { earliestInstant, latestInstant } from "@audiences/domain/Instant"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient, Statement } from "effect/sql"

const dayMillis = 86_400_000

/** A method whose reference instant is decided. */
export type RfmMethodAt = RfmMethod & { readonly asOf: DateTime.Utc }

export const instant = (sql: SqlClient.SqlClient, at: DateTime.Utc) => sql`${DateTime.formatIso(at)}::text::timestamptz`

/** So many milliseconds before an instant; infinite where no instant that is stored can be. */
export const instantBefore = (sql: SqlClient.SqlClient, at: DateTime.Utc, millis: string) => {
  const epochMillis = DateTime.toEpochMillis(at) - Number(millis)
  if (epochMillis < earliestInstant) return sql`'-infinity'::timestamptz`
  return epochMillis > latestInstant ? sql`'infinity'::timestamptz` : instant(sql, DateTime.makeUnsafe(epochMillis))
}

/** Where the values of consumers `c` are, as expressions over `from`. */
interface RfmSourceSql {
  readonly from: Statement.Fragment
  /** Whether a consumer has ordered. */
  readonly hasOrdered: Statement.Fragment
  readonly lastOrderAt: Statement.Fragment
  readonly orderCount: Statement.Fragment
  readonly monetary: Statement.Fragment
}

const ofTotals = (sql: SqlClient.SqlClient): RfmSourceSql => ({
  from: sql`consumers c`,
  hasOrdered: sql`c.total_orders > 0 AND c.last_order_at IS NOT NULL`,
  lastOrderAt: sql`c.last_order_at`,
  orderCount: sql`c.total_orders`,
  monetary: sql`c.ltv`
})

const ofOrders = (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  { asOf, windowDays }: RfmMethodAt,
  ordinals: (ordinal: Statement.Fragment) => Statement.Fragment
): RfmSourceSql => ({
  from: sql`consumers c LEFT JOIN (
      SELECT ordinal, max(ordered_at) AS last_order_at, count(*) AS order_count, sum(total) AS monetary FROM orders
      WHERE organization_id = ${organizationId}::uuid AND ordered_at <= ${instant(sql, asOf)}
        AND ${windowDays === null ? sql`true` : sql`ordered_at > ${instantBefore(sql, asOf, String(windowDays * dayMillis))}`}
        AND ${ordinals(sql`ordinal`)}
      GROUP BY ordinal
    ) o ON o.ordinal = c.ordinal`,
  hasOrdered: sql`o.ordinal IS NOT NULL`,
  lastOrderAt: sql`o.last_order_at`,
  orderCount: sql`o.order_count`,
  monetary: sql`o.monetary`
})

/**
 * Live consumers with what is cut: `has_ordered`, `last_order_at`, `order_count`, `monetary`, and their ranks. `ordinals` is a condition
 * on ordinals.
 */
export const rfmConsumers = (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  method: RfmMethodAt,
  ordinals: (ordinal: Statement.Fragment) => Statement.Fragment
) => {
  const { from, hasOrdered, lastOrderAt, monetary, orderCount } =
    method.source === "totals" ? ofTotals(sql) : ofOrders(sql, organizationId, method, ordinals)
  return sql`
    SELECT c.ordinal, c.id, c.primary_external_id_folded AS external_id, ${hasOrdered} AS has_ordered, ${lastOrderAt} AS last_order_at,
      ${orderCount} AS order_count, ${monetary} AS monetary, c.activity_rank, c.purchase_frequency_rank, c.monetary_rank
    FROM ${from}
    WHERE c.organization_id = ${organizationId}::uuid AND NOT c.archived AND ${ordinals(sql`c.ordinal`)}`
}

/**
 * Joins by hashes: where nothing is known of the sizes of tables yet, as right after an import, a plan may look through all orders for
 * each consumer.
 */
const joinedByHash = <A, E, R>(sql: SqlClient.SqlClient, query: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    yield* sql`SET LOCAL enable_nestloop = off`
    const answer = yield* query
    yield* sql`SET LOCAL enable_nestloop TO DEFAULT`
    return answer
  })

/** Reads what a method cuts, within a transaction. */
export const readingValues = <A, E, R>(
  sql: SqlClient.SqlClient,
  { source }: RfmMethodAt,
  query: Effect.Effect<A, E, R>
) => (source === "totals" ? query : joinedByHash(sql, query))

const everybody = (sql: SqlClient.SqlClient) => () => sql`true`

const decodeCount = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ n: Schema.Finite })))

export const countValues = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  method: RfmMethodAt
) {
  const counted = sql`
    SELECT count(*)::float8 AS n FROM (${rfmConsumers(sql, organizationId, method, everybody(sql))}) v WHERE has_ordered`
  const rows = yield* readingValues(sql, method, counted)
  const [{ n } = { n: 0 }] = yield* decodeCount(rows)
  return n
})

/** From low to high: who ordered last comes first. */
const orders: Readonly<Record<Dimension, { readonly value: string; readonly order: string; readonly text: string }>> = {
  recency: {
    value: "last_order_at",
    order: "last_order_at DESC",
    text: "(extract(epoch FROM value) * 1000)::bigint::text"
  },
  frequency: { value: "order_count", order: "order_count", text: "value::numeric::text" },
  monetary: { value: "monetary", order: "monetary", text: "value::text" }
}

const decodePlaced = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      dimension: Schema.Literals(dimensions),
      place: Schema.Finite,
      value: Schema.String,
      externalId: Schema.NullOr(Schema.String),
      consumerId: Schema.String
    })
  )
)

/** Recency is told from the reference instant on. */
const told = (dimension: Dimension, { asOf }: RfmMethodAt, value: string) =>
  dimension === "recency" ? String(DateTime.toEpochMillis(asOf) - Number(value)) : value

/** Sorts bare values, all in one reading of the consumers. */
const valuesInOrder = (
  sql: SqlClient.SqlClient,
  values: Statement.Fragment,
  n: number,
  places: ReadonlyArray<number>
) => {
  // The fraction in the middle of a place is that place, whatever is rounded.
  const fractions = sql`(SELECT ${places.map((place) => (place + 0.5) / n)}::float8[])`
  const found = dimensions.map(
    (dimension) =>
      sql`percentile_disc(${fractions}) WITHIN GROUP (ORDER BY ${sql.literal(orders[dimension].order)}) AS ${sql.literal(dimension)}`
  )
  const told = dimensions.map(
    (dimension) => sql`
      SELECT ${dimension}::text AS dimension, place::float8 AS place, ${sql.literal(orders[dimension].text)} AS value, NULL AS external_id, '' AS consumer_id
      FROM found, unnest(${places}::bigint[], found.${sql.literal(dimension)}) AS u (place, value)`
  )
  return sql`
    WITH found AS MATERIALIZED (SELECT ${sql.csv(found)} FROM (${values}) v WHERE has_ordered)
    ${told.reduce((all, each) => sql`${all} UNION ALL ${each}`)}`
}

/** Puts consumers in a row, equal values by external id, then id. */
const valuesInRow = (sql: SqlClient.SqlClient, values: Statement.Fragment, places: ReadonlyArray<number>) =>
  dimensions
    .map((dimension) => {
      const { order, text, value } = orders[dimension]
      return sql`
        SELECT ${dimension}::text AS dimension, place::float8 AS place, ${sql.literal(text)} AS value, external_id, id::text AS consumer_id
        FROM (
          SELECT ${sql.literal(value)} AS value, external_id, id,
            row_number() OVER (ORDER BY ${sql.literal(order)}, external_id NULLS LAST, id) - 1 AS place
          FROM (${values}) v WHERE has_ordered
        ) p WHERE place = ANY(${places}::bigint[])`
    })
    .reduce((all, each) => sql`${all} UNION ALL ${each}`)

/** The values at places in the order of their dimension, counted from 0. */
export const placedValues = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  method: RfmMethodAt,
  n: number,
  places: ReadonlyArray<number>
) {
  const found = new Map<string, PlacedValue>()
  if (places.length === 0) return found
  const values = rfmConsumers(sql, organizationId, method, everybody(sql))
  const rows = method.ties === "value" ? valuesInOrder(sql, values, n, places) : valuesInRow(sql, values, places)
  for (const { consumerId, dimension, externalId, place, value } of yield* decodePlaced(
    yield* readingValues(sql, method, rows)
  ))
    found.set(`${dimension} ${place}`, { value: told(dimension, method, value), externalId, consumerId })
  return found
})

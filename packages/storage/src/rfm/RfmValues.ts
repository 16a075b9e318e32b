import type { OrganizationId } from "@audiences/domain/Organization"
import type { RfmMethod } from "@audiences/domain/Rfm"
import { type Dimension, dimensions, type PlacedValue } from "@audiences/engine/rfm/RfmCutting"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient, Statement } from "effect/sql"

/** A method whose reference instant is decided. */
export type RfmMethodAt = RfmMethod & { readonly asOf: DateTime.Utc }

export const instant = (sql: SqlClient.SqlClient, at: DateTime.Utc) => sql`${DateTime.formatIso(at)}::text::timestamptz`

/** Live consumers that have ordered, with what is cut: `last_order_at`, `frequency`, `monetary`. `ordinals` is a condition on `c.ordinal`. */
export const rfmValues = (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  { asOf, source, windowDays }: RfmMethodAt,
  ordinals: (ordinal: Statement.Fragment) => Statement.Fragment
) =>
  source === "totals"
    ? sql`
      SELECT c.ordinal, c.id, c.primary_external_id_folded AS external_id, c.last_order_at, c.total_orders::numeric AS frequency, c.ltv AS monetary
      FROM consumers c
      WHERE c.organization_id = ${organizationId}::uuid AND NOT c.archived AND c.total_orders > 0 AND c.last_order_at IS NOT NULL
        AND ${ordinals(sql`c.ordinal`)}`
    : sql`
      SELECT c.ordinal, c.id, c.primary_external_id_folded AS external_id, o.last_order_at, o.frequency, o.monetary
      FROM (
        SELECT ordinal, max(ordered_at) AS last_order_at, count(*)::numeric AS frequency, sum(total) AS monetary FROM orders
        WHERE organization_id = ${organizationId}::uuid AND ordered_at <= ${instant(sql, asOf)}
          AND ${windowDays === null ? sql`true` : sql`ordered_at > ${instant(sql, asOf)} - make_interval(days => ${windowDays}::int)`}
          AND ${ordinals(sql`ordinal`)}
        GROUP BY ordinal
      ) o
      JOIN consumers c ON c.organization_id = ${organizationId}::uuid AND c.ordinal = o.ordinal
      WHERE NOT c.archived`

const everybody = (sql: SqlClient.SqlClient) => () => sql`true`

const decodeCount = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ n: Schema.Finite })))

export const countValues = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  method: RfmMethodAt
) {
  const rows = yield* sql`
    SELECT count(*)::float8 AS n FROM (${rfmValues(sql, organizationId, method, everybody(sql))}) v`
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
  frequency: { value: "frequency", order: "frequency", text: "value::text" },
  monetary: { value: "monetary", order: "monetary", text: "value::text" }
}

const decodePlaced = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
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
  const values = rfmValues(sql, organizationId, method, everybody(sql))
  for (const dimension of dimensions) {
    const { order, text, value } = orders[dimension]
    const rows =
      method.ties === "value"
        ? // Sorts bare values: the fraction in the middle of a place is that place, whatever is rounded.
          sql`
          SELECT place::float8 AS place, ${sql.literal(text)} AS value, NULL AS external_id, '' AS consumer_id
          FROM (
            SELECT percentile_disc(${places.map((place) => (place + 0.5) / n)}::float8[]) WITHIN GROUP (ORDER BY ${sql.literal(order)}) AS found
            FROM (${values}) v
          ) p, unnest(${places}::bigint[], p.found) AS u (place, value)`
        : sql`
          SELECT place::float8 AS place, ${sql.literal(text)} AS value, external_id, id AS consumer_id
          FROM (
            SELECT ${sql.literal(value)} AS value, external_id, id,
              row_number() OVER (ORDER BY ${sql.literal(order)}, external_id NULLS LAST, id) - 1 AS place
            FROM (${values}) v
          ) p WHERE place = ANY(${places}::bigint[])`
    for (const { consumerId, externalId, place, value } of yield* decodePlaced(yield* rows))
      found.set(`${dimension} ${place}`, { value: told(dimension, method, value), externalId, consumerId })
  }
  return found
})

import type { Actor } from "@audiences/domain/Actor"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient, SqlError } from "effect/sql"

/** Orders as they are about to be: each array but the last has one entry an order. */
export interface OrdersToWrite {
  readonly orderIds: ReadonlyArray<string>
  readonly ordinals: ReadonlyArray<number>
  readonly totals: ReadonlyArray<string>
  readonly orderedAts: ReadonlyArray<string>
  /** Of others, which disappear. */
  readonly removedIds: ReadonlyArray<string>
}

const decodeResults = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ orderId: Schema.String, result: Schema.Literals(["created", "updated", "unchanged"]) }))
)
const decodeTotals = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ ordinal: Schema.Finite, tooLarge: Schema.Boolean, changed: Schema.Boolean }))
)

export type OrderResult = Effect.Success<ReturnType<typeof decodeResults>>[number]

/** The fields of a consumer that orders change, by their names in the contract. */
const fields = ["aov", "lastOrderAt", "ltv", "totalOrders", "updatedAt", "updatedBy"]

/**
 * Writes orders of different ids and brings the totals of everybody concerned up to date; tells what became of each order, and whose
 * lifetime value grew beyond what is kept, in which case the transaction must not be committed. The consumers concerned must be
 * locked, and the organization's orders too. Ends with the change feed, behind `told`, which gets what was not unchanged, and may read
 * the table `order_writes`.
 *
 * Totals move by what orders add and take away, so that whatever was written directly stays in them as a baseline; they never fall
 * below zero. Of `lastOrderAt` the baseline is kept apart: a value that no order explains was written directly.
 */
export const writeOrders = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  actor: Actor,
  now: DateTime.Utc,
  { orderIds, orderedAts, ordinals, removedIds, totals }: OrdersToWrite,
  told: (written: ReadonlyArray<OrderResult>) => Effect.Effect<void, SqlError.SqlError>
) {
  const { name, organizationId } = actor
  const organization = sql`${organizationId}::uuid`
  const at = sql`${DateTime.formatIso(now)}::text::timestamptz`
  yield* sql`
    CREATE TEMPORARY TABLE order_writes ON COMMIT DROP AS
    SELECT w.order_id, w.ordinal, w.total, w.ordered_at, o.ordinal AS old_ordinal, o.total AS old_total, o.ordered_at AS old_ordered_at,
      coalesce(o.updated_at, o.created_at) AS old_written_at,
      CASE WHEN o.order_id IS NULL THEN 'created'
        WHEN (o.ordinal, o.total, o.ordered_at) = (w.ordinal, w.total, w.ordered_at) THEN 'unchanged' ELSE 'updated' END AS result
    FROM (
      SELECT * FROM unnest(${orderIds}::text[], ${ordinals}::int[], ${totals}::numeric(20, 8)[], ${orderedAts}::timestamptz(3)[])
      UNION ALL SELECT removed, NULL, NULL, NULL FROM unnest(${removedIds}::text[]) AS removed
    ) AS w (order_id, ordinal, total, ordered_at)
    LEFT JOIN orders o ON o.organization_id = ${organization} AND o.order_id = w.order_id`
  yield* sql`
    INSERT INTO order_baselines AS b (organization_id, ordinal, last_order_at)
    SELECT ${organization}, c.ordinal, c.last_order_at
    FROM consumers c
    LEFT JOIN order_baselines known ON known.organization_id = c.organization_id AND known.ordinal = c.ordinal
    CROSS JOIN LATERAL (
      SELECT max(o.ordered_at) AS latest FROM orders o WHERE o.organization_id = c.organization_id AND o.ordinal = c.ordinal
    ) AS recorded
    WHERE c.organization_id = ${organization}
      AND c.ordinal IN (SELECT ordinal FROM order_writes UNION SELECT old_ordinal FROM order_writes)
      AND (known.ordinal IS NULL OR c.last_order_at IS DISTINCT FROM greatest(known.last_order_at, recorded.latest))
    ON CONFLICT (organization_id, ordinal) DO UPDATE SET last_order_at = EXCLUDED.last_order_at`
  yield* sql`
    INSERT INTO orders AS o (organization_id, order_id, ordinal, total, ordered_at, created_at, created_by)
    SELECT ${organization}, order_id, ordinal, total, ordered_at, ${at}, ${name} FROM order_writes WHERE result <> 'unchanged' AND ordinal IS NOT NULL
    ON CONFLICT (organization_id, order_id) DO UPDATE SET
      ordinal = EXCLUDED.ordinal, total = EXCLUDED.total, ordered_at = EXCLUDED.ordered_at, updated_at = ${at}, updated_by = ${name}`
  if (removedIds.length > 0) {
    yield* sql`DELETE FROM orders WHERE organization_id = ${organization} AND order_id = ANY(${removedIds}::text[])`
  }
  const touched = yield* decodeTotals(
    yield* sql`
    WITH moves AS (
      SELECT ordinal, sum(orders) AS orders, sum(amount) AS amount FROM (
        SELECT ordinal, 1 AS orders, total AS amount FROM order_writes WHERE result <> 'unchanged' AND ordinal IS NOT NULL
        UNION ALL
        SELECT old_ordinal, -1, -old_total FROM order_writes WHERE result = 'updated'
      ) AS move GROUP BY ordinal
    ), sums AS (
      SELECT c.place, c.organization_id, c.ordinal, greatest(0, c.total_orders + m.orders::float8) AS total_orders, greatest(0, c.ltv + m.amount) AS ltv,
        greatest(b.last_order_at, (
          SELECT max(o.ordered_at) FROM orders o WHERE o.organization_id = c.organization_id AND o.ordinal = c.ordinal)) AS last_order_at
      FROM moves m
      -- Looked up one by one, however small the planner takes tables to be that have just been filled.
      CROSS JOIN LATERAL (
        SELECT ctid AS place, organization_id, ordinal, total_orders, ltv FROM consumers
        WHERE organization_id = ${organization} AND ordinal = m.ordinal OFFSET 0) c
      CROSS JOIN LATERAL (
        SELECT last_order_at FROM order_baselines WHERE organization_id = ${organization} AND ordinal = m.ordinal OFFSET 0) b
    ), written AS (
      UPDATE consumers c SET total_orders = s.total_orders, ltv = s.ltv,
        aov = average_order_value(s.ltv, s.total_orders::numeric), last_order_at = s.last_order_at, updated_at = ${at}, updated_by = ${name}
      FROM sums s WHERE c.ctid = s.place AND c.organization_id = s.organization_id AND s.ltv < 1000000000000
        AND (c.total_orders, c.ltv, c.aov, c.last_order_at)
          IS DISTINCT FROM (s.total_orders, s.ltv, average_order_value(s.ltv, s.total_orders::numeric), s.last_order_at)
      RETURNING c.ordinal
    )
    SELECT s.ordinal, s.ltv >= 1000000000000 AS too_large, w.ordinal IS NOT NULL AS changed
    FROM sums s LEFT JOIN written w ON w.ordinal = s.ordinal`
  )
  const results = yield* decodeResults(yield* sql`SELECT order_id, result FROM order_writes`)
  const written = results.filter(({ result }) => result !== "unchanged")
  if (written.length > 0) yield* told(written)
  const changed = touched.flatMap((each) => (each.changed ? [each.ordinal] : []))
  if (changed.length > 0) yield* sql`SELECT record_change(${organization}, ${changed}::int[], ${fields}::text[], NULL)`
  return {
    results: new Map(results.map(({ orderId, result }) => [orderId, result])),
    tooLarge: new Set(touched.flatMap((each) => (each.tooLarge ? [each.ordinal] : [])))
  }
})

import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import type { ImportKey } from "../ImportKey.ts"
import { handBackConsumers } from "./HandBack.ts"

/** The order totals of consumer `c`. */
const totals =
  "jsonb_build_object('total_orders', c.total_orders, 'ltv', c.ltv, 'aov', c.aov, 'last_order_at', c.last_order_at)"

/** When consumer `c` was last written. */
const writtenAt = "coalesce(c.updated_at, c.created_at)"

/** The fields of a consumer that restored totals change, by their names in the contract. */
const fields = ["aov", "lastOrderAt", "ltv", "totalOrders", "updatedAt", "updatedBy"]

const decodeOrdinals = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ ordinal: Schema.Finite })))
const ordinalsOf = (rows: ReadonlyArray<unknown>) =>
  Effect.map(Effect.orDie(decodeOrdinals(rows)), (all) => all.map(({ ordinal }) => ordinal))

const those = (sql: SqlClient.SqlClient, { id, organizationId }: ImportKey, ordinals: ReadonlyArray<number>) =>
  sql`
    t.organization_id = ${organizationId}::uuid AND t.import_id = ${id}::uuid AND t.ordinal = ANY(${ordinals}::int[])
    AND c.organization_id = t.organization_id AND c.ordinal = t.ordinal`

/** Keeps the totals of consumers, which the transaction has locked, before an import writes their orders. */
export const keepTotals = (
  sql: SqlClient.SqlClient,
  { id, organizationId }: ImportKey,
  ordinals: ReadonlyArray<number>
) => sql`
  INSERT INTO order_import_totals AS t (organization_id, import_id, ordinal, before, after, found_at)
  SELECT c.organization_id, ${id}::uuid, c.ordinal, ${sql.literal(`${totals}, ${totals}, ${writtenAt}`)}
  FROM consumers c WHERE c.organization_id = ${organizationId}::uuid AND c.ordinal = ANY(${ordinals}::int[])
  ON CONFLICT (organization_id, import_id, ordinal) DO UPDATE SET intact = t.intact AND t.after = EXCLUDED.after,
    found_at = CASE WHEN t.left_at = EXCLUDED.found_at THEN t.found_at END`

/** What is asked of the consumer of row `t`: looked up one by one, however small the planner takes the tables to be. */
const present = (asked: string) =>
  `(SELECT ${asked} FROM consumers c WHERE c.organization_id = t.organization_id AND c.ordinal = t.ordinal)`

/** Finds out of whom others have written the totals, or anything. */
export const checkTotals = (
  sql: SqlClient.SqlClient,
  { id, organizationId }: ImportKey,
  ordinals: ReadonlyArray<number>
) => sql`
  UPDATE order_import_totals t SET intact = t.after IS NOT DISTINCT FROM ${sql.literal(present(totals))},
    found_at = CASE WHEN t.left_at = ${sql.literal(present(writtenAt))} THEN t.found_at END
  WHERE t.organization_id = ${organizationId}::uuid AND t.import_id = ${id}::uuid AND t.ordinal = ANY(${ordinals}::int[]) AND t.intact`

/** What the totals have become is by the import, or by its undo. */
export const leaveTotals = (
  sql: SqlClient.SqlClient,
  { id, organizationId }: ImportKey,
  ordinals: ReadonlyArray<number>
) => sql`
  UPDATE order_import_totals t SET after = ${sql.literal(present(totals))}, left_at = ${sql.literal(present(writtenAt))}
  WHERE t.organization_id = ${organizationId}::uuid AND t.import_id = ${id}::uuid AND t.ordinal = ANY(${ordinals}::int[]) AND t.intact`

/** An order of theirs stays as it is: so do their totals. */
export const giveTotalsUp = (
  sql: SqlClient.SqlClient,
  { id, organizationId }: ImportKey,
  ordinals: ReadonlyArray<number>
) => sql`
  UPDATE order_import_totals SET intact = false
  WHERE organization_id = ${organizationId}::uuid AND import_id = ${id}::uuid AND ordinal = ANY(${ordinals}::int[])`

/** The next consumers whose totals are kept, by their ordinals. */
export const nextTotals = (sql: SqlClient.SqlClient, { id, organizationId }: ImportKey, size: number) =>
  sql`
    SELECT ordinal FROM order_import_totals
    WHERE organization_id = ${organizationId}::uuid AND import_id = ${id}::uuid ORDER BY ordinal LIMIT ${size}`.pipe(
    Effect.flatMap(ordinalsOf)
  )

/** Makes totals what they were before, digit by digit, unless others have written them, and forgets them. Ends with the change feed. */
export const restoreTotals = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  key: ImportKey,
  ordinals: ReadonlyArray<number>,
  by: { readonly actor: string; readonly now: DateTime.Utc }
) {
  if (ordinals.length === 0) return
  const { id, organizationId } = key
  const restored = yield* sql`
    UPDATE consumers c SET total_orders = r.total_orders, ltv = r.ltv, aov = r.aov, last_order_at = r.last_order_at,
      updated_at = ${DateTime.formatIso(by.now)}::text::timestamptz, updated_by = ${by.actor}
    FROM order_import_totals t, jsonb_populate_record(NULL::consumers, t.before) r
    WHERE ${those(sql, key, ordinals)} AND t.intact AND t.after = ${sql.literal(totals)} AND t.before IS DISTINCT FROM t.after
    RETURNING c.ordinal`
  yield* handBackConsumers(
    sql,
    key,
    sql`
      SELECT t.ordinal, t.found_at, ${sql.literal(present(writtenAt))} AS put_at FROM order_import_totals t
      WHERE t.organization_id = ${organizationId}::uuid AND t.import_id = ${id}::uuid AND t.ordinal = ANY(${ordinals}::int[]) AND t.intact`
  )
  yield* sql`
    DELETE FROM order_import_totals
    WHERE organization_id = ${organizationId}::uuid AND import_id = ${id}::uuid AND ordinal = ANY(${ordinals}::int[])`
  const changed = yield* ordinalsOf(restored)
  if (changed.length > 0) {
    yield* sql`SELECT record_change(${organizationId}::uuid, ${changed}::int[], ${fields}::text[], NULL)`
  }
})

import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import type { ImportKey } from "../ImportKey.ts"

/** The imports that can still be undone, but this one. */
const others = (sql: SqlClient.SqlClient, { id, organizationId }: ImportKey) => sql`
  SELECT i.id, i.kind FROM imports i
  WHERE i.organization_id = ${organizationId}::uuid AND i.id <> ${id}::uuid
    AND i.status <> 'PENDING' AND NOT i.dry_run AND i.undone_at IS NULL AND i.undo_expired_at IS NULL`

/**
 * A consumer that an undo has put back is as an earlier import had left it, if one had: for that one, nobody has written it since.
 *
 * @param putBack SQL for the `ordinal` of each, the `found_at` of the import that is undone, and when the undo has written it (`put_at`)
 */
export const handBackConsumers = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  key: ImportKey,
  putBack: Statement.Fragment
) {
  const { organizationId } = key
  const those = sql`put_back AS MATERIALIZED (${putBack}), others AS MATERIALIZED (${others(sql, key)})`
  yield* sql`
    WITH ${those}
    UPDATE import_changes w SET written_at = b.put_at FROM put_back b CROSS JOIN others o
    WHERE o.kind = 'consumers' AND w.organization_id = ${organizationId}::uuid AND w.import_id = o.id AND w.ordinal = b.ordinal
      AND w.written_at = b.found_at`
  yield* sql`
    WITH ${those}
    UPDATE order_import_totals t SET left_at = b.put_at FROM put_back b CROSS JOIN others o
    WHERE o.kind = 'orders' AND t.organization_id = ${organizationId}::uuid AND t.import_id = o.id AND t.ordinal = b.ordinal
      AND t.left_at = b.found_at`
})

/** The same of orders. */
export const handBackOrders = (sql: SqlClient.SqlClient, key: ImportKey, orderIds: ReadonlyArray<string>) =>
  Effect.asVoid(sql`
    WITH put_back AS MATERIALIZED (
      SELECT w.order_id, w.found_at, coalesce(o.updated_at, o.created_at) AS put_at
      FROM order_import_changes w JOIN orders o ON o.organization_id = w.organization_id AND o.order_id = w.order_id
      WHERE w.organization_id = ${key.organizationId}::uuid AND w.import_id = ${key.id}::uuid AND w.order_id = ANY(${orderIds}::text[])
    ), others AS MATERIALIZED (${others(sql, key)})
    UPDATE order_import_changes w SET written_at = b.put_at FROM put_back b CROSS JOIN others o
    WHERE o.kind = 'orders' AND w.organization_id = ${key.organizationId}::uuid AND w.import_id = o.id AND w.order_id = b.order_id
      AND w.written_at = b.found_at`)

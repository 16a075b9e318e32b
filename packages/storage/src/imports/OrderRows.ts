import { DateTime } from "effect"
import type { SqlClient } from "effect/sql"
import type { OrderRow } from "@audiences/engine/imports/rows/OrderCsv"

/** The columns of `order_import_rows` that a row fills, and how. */
const columns: ReadonlyArray<readonly [name: string, value: (row: OrderRow) => string | null]> = [
  ["order_id", ({ orderId }) => orderId],
  ["email_folded", ({ owner }) => owner.email],
  ["phone", ({ owner }) => owner.phone],
  ["primary_external_id_folded", ({ owner }) => owner.externalId],
  ["ordered_at", ({ orderedAt }) => DateTime.formatIso(orderedAt)],
  ["total", ({ total }) => total]
]

export const orderColumnNames = columns.map(([name]) => name)

/** What a row of orders has in these columns, as COPY takes it. */
export const orderTexts = (row: OrderRow): ReadonlyArray<string | null> => columns.map(([, value]) => value(row))

/** Rows `start + 1` to `start + count` of an import of orders, named `r`. */
export const ordersInRange = (
  sql: SqlClient.SqlClient,
  { id, organizationId }: { readonly organizationId: string; readonly id: string },
  { count, start }: { readonly start: number; readonly count: number }
) => sql`
  r.organization_id = ${organizationId}::uuid AND r.import_id = ${id}::uuid
  AND r.row_number > ${start}::bigint AND r.row_number <= ${start + count}::bigint`

import type { ImportMode } from "@audiences/domain/Import"
import { identifiers } from "@audiences/engine/consumers/Identity"
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { identifierColumns } from "../IdentifierColumns.ts"
import type { StagedImport } from "../ImportKey.ts"

const ownerJoin = (name: (typeof identifiers)[number]): string =>
  `LEFT JOIN LATERAL (
    SELECT ordinal FROM consumers c
    WHERE c.organization_id = r.organization_id AND NOT c.archived AND c.${identifierColumns[name]} = r.${identifierColumns[name]} LIMIT 1
  ) AS ${name}_of ON true`

const self = `CASE ${identifiers
  .map((name) => `WHEN r.${identifierColumns[name]} IS NOT NULL THEN ${name}_of.ordinal`)
  .join(" ")} END`

/** Every identifier given is one person's, or nobody's yet. */
const isOnePerson = identifiers.map((name) => `coalesce(${name}_of.ordinal, ${self}) = ${self}`).join(" AND ")

const isKnown = `EXISTS (SELECT 1 FROM orders o WHERE o.organization_id = r.organization_id AND o.order_id = r.order_id)`

const byMode: { readonly [Mode in ImportMode]: string } = {
  upsert: "true",
  create: `NOT ${isKnown}`,
  update: isKnown
}

/**
 * Of the staged rows of one order that can be written, makes the earlier ones duplicates of the last. A row that will be rejected takes
 * nothing away from the others. To be run in a transaction.
 */
export const deduplicateOrders = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, staged: StagedImport) {
  const those = sql`r.organization_id = ${staged.organizationId}::uuid AND r.import_id = ${staged.id}::uuid`
  yield* sql`SET LOCAL jit = off`
  yield* sql`
    UPDATE order_import_rows r SET winner_line = last.line
    FROM (
      SELECT row_number, line, max(row_number) OVER (PARTITION BY order_id) AS winner, last_value(line) OVER (
        PARTITION BY order_id ORDER BY row_number ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS winner_line
      FROM order_import_rows r ${sql.literal(identifiers.map(ownerJoin).join(" "))}
      WHERE ${those} AND r.issues IS NULL AND ${sql.literal(self)} IS NOT NULL AND ${sql.literal(isOnePerson)}
        AND ${sql.literal(byMode[staged.mode])}
    ) AS w (row_number, line, winner, winner_line)
    CROSS JOIN LATERAL (SELECT w.winner_line AS line) AS last
    WHERE ${those} AND r.row_number = w.row_number AND w.row_number <> w.winner`
})

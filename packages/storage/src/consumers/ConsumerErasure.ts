import type { OrganizationId } from "@audiences/domain/Organization"
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { rememberErasure } from "../imports/erasure/ErasedPeople.ts"
import { eraseRejectedRows } from "../imports/erasure/RejectedRowErasure.ts"
import type { ConsumerRow } from "./ConsumerRow.ts"

/** What tables beside `consumers` hold of one person. Memberships of the past name the ordinal, and nothing else. */
const tables = [
  "orders",
  "order_baselines",
  "activities",
  "loyalty_transactions",
  "import_changes",
  "order_import_totals"
] as const

/** Deletes everything that was recorded of a consumer, whose row the transaction has locked. */
export const eraseHistories = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  person: ConsumerRow
) {
  for (const table of tables) {
    yield* sql`DELETE FROM ${sql(table)} WHERE organization_id = ${organizationId}::uuid AND ordinal = ${person.ordinal}::int`
  }
  yield* sql`
    DELETE FROM order_import_changes
    WHERE organization_id = ${organizationId}::uuid AND (ordinal = ${person.ordinal}::int OR before_ordinal = ${person.ordinal}::int)`
  yield* rememberErasure(sql, organizationId, person)
  yield* eraseRejectedRows(sql, organizationId, person)
})

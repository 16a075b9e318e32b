import type { OrganizationId } from "@audiences/domain/Organization"
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"

/** What tables beside `consumers` hold of one person. Memberships of the past name the ordinal, and nothing else. */
const tables = ["orders", "order_baselines", "activities", "loyalty_transactions"] as const

/** Deletes everything that was recorded of a consumer, whose row the transaction has locked. */
export const eraseHistories = (sql: SqlClient.SqlClient, organizationId: OrganizationId, ordinal: number) =>
  Effect.forEach(
    tables,
    (table) =>
      sql`DELETE FROM ${sql(table)} WHERE organization_id = ${organizationId}::uuid AND ordinal = ${ordinal}::int`,
    { discard: true }
  )

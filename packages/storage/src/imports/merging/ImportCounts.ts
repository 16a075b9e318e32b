import type { SqlClient } from "effect/sql"
import type { ImportKey } from "../ImportKey.ts"

/** Adds rows that were merged to the counts of their import. */
export const countRows = (
  sql: SqlClient.SqlClient,
  { organizationId, id }: ImportKey,
  rows: {
    readonly created: number
    readonly updated: number
    readonly unchanged: number
    readonly duplicate: number
    readonly rejected: number
  }
) =>
  sql`
    UPDATE imports SET
      created_rows = created_rows + ${rows.created}::int, updated_rows = updated_rows + ${rows.updated}::int,
      unchanged_rows = unchanged_rows + ${rows.unchanged}::int, duplicate_rows = duplicate_rows + ${rows.duplicate}::int,
      rejected_rows = rejected_rows + ${rows.rejected}::int,
      processed_rows = processed_rows + ${rows.created + rows.updated + rows.unchanged + rows.duplicate + rows.rejected}::int,
      attempts = 0, updated_at = clock_timestamp()
    WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid`

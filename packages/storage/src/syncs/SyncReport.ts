import type { SyncTask } from "@audiences/engine/syncs/SyncRepo"
import type { SqlClient } from "effect/sql"

/**
 * What the source tells of its sync, as `sync` in its `sourceData`: from where it stands, of the run `r`. Every profile that arrived is
 * counted once: `profiles` = created + updated + unchanged + duplicates + conflicts, once all are applied.
 */
export const reportOf = (sql: SqlClient.SqlClient) => sql`
  jsonb_build_object(
    'startedAt', to_char(r.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'cursor', r.cursor, 'profiles', r.profile_count, 'repeated', r.repeated_count, 'created', r.created_count,
    'updated', r.updated_count, 'unchanged', r.unchanged_count, 'duplicates', r.duplicate_count,
    'conflicts', r.conflict_count, 'rejected', r.rejected_count,
    'problems', jsonb_path_query_array(r.problems, '$[0 to 19]'))`

/** Forgets a run and what it kept. Its source must be locked. */
export const endRun = (
  sql: SqlClient.SqlClient,
  { organizationId, syncSourceId }: Pick<SyncTask, "organizationId" | "syncSourceId">
) =>
  sql`
    DELETE FROM sync_runs WHERE organization_id = ${organizationId}::uuid AND sync_source_id = ${syncSourceId}::uuid`

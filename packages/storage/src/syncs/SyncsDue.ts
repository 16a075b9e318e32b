import { OrganizationId } from "@audiences/domain/Organization"
import { SyncSourceId } from "@audiences/domain/SyncSource"
import type { SyncFailure, SyncTask } from "@audiences/engine/syncs/SyncRepo"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { endRun, reportOf } from "./SyncReport.ts"
import { lockTask } from "./SyncTasks.ts"

/** A sync that has not come further for so long has lost its job: a turn is shorter, but for what a vendor takes for one page. */
const quietSeconds = 30

const decodeKeys = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ organizationId: OrganizationId, syncSourceId: SyncSourceId }))
)

/** As `SyncRepo.takeDue`. Passes over what is being changed. */
export const takeDueSyncs = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, now: DateTime.Utc) {
  const at = sql`${DateTime.formatIso(now)}::text::timestamptz`
  const begun = yield* sql`
    WITH due AS (
      SELECT s.organization_id, s.id, a.id AS audience_id FROM audiences a
      JOIN sync_sources s ON s.organization_id = a.organization_id AND s.id = a.primary_sync_source_id
      WHERE a.type = 'SYNCED_LIST' AND NOT a.archived AND a.refresh_interval_seconds IS NOT NULL
        AND coalesce(s.attempted_at, s.created_at) + make_interval(secs => a.refresh_interval_seconds) <= ${at}
        AND (s.retry_at IS NULL OR s.retry_at <= ${at})
        AND NOT EXISTS (
          SELECT 1 FROM sync_runs r WHERE r.organization_id = s.organization_id AND r.sync_source_id = s.id)
      FOR NO KEY UPDATE OF s SKIP LOCKED
    ), marked AS (
      UPDATE sync_sources s SET sync_status = 'PENDING', attempted_at = ${at} FROM due
      WHERE s.organization_id = due.organization_id AND s.id = due.id
    )
    INSERT INTO sync_runs (organization_id, sync_source_id, audience_id, started_at)
    SELECT organization_id, id, audience_id, ${at} FROM due
    ON CONFLICT (organization_id, sync_source_id) DO NOTHING
    RETURNING organization_id, sync_source_id`
  const resumed = yield* sql`
    WITH due AS (
      SELECT s.organization_id, s.id FROM sync_runs r
      JOIN sync_sources s ON s.organization_id = r.organization_id AND s.id = r.sync_source_id
      WHERE r.retry_at <= ${at} FOR NO KEY UPDATE OF s SKIP LOCKED
    ), marked AS (
      UPDATE sync_sources s SET sync_status = 'PENDING' FROM due
      WHERE s.organization_id = due.organization_id AND s.id = due.id
    )
    UPDATE sync_runs r SET retry_at = NULL, updated_at = clock_timestamp() FROM due
    WHERE r.organization_id = due.organization_id AND r.sync_source_id = due.id
    RETURNING r.organization_id, r.sync_source_id`
  const quiet = yield* sql`
    SELECT organization_id, sync_source_id FROM sync_runs
    WHERE retry_at IS NULL AND updated_at <= clock_timestamp() - make_interval(secs => ${quietSeconds}::int)
    ORDER BY updated_at`
  return yield* Effect.orDie(decodeKeys([...begun, ...resumed, ...quiet]))
})

/** Of an archived audience nothing is synced any more. */
export const endArchived = (sql: SqlClient.SqlClient) =>
  sql`
    WITH ended AS (
      DELETE FROM sync_runs r USING audiences a
      WHERE a.organization_id = r.organization_id AND a.id = r.audience_id AND a.archived
      RETURNING r.organization_id, r.sync_source_id
    )
    UPDATE sync_sources s SET sync_status = 'FAILED',
      source_data = coalesce(s.source_data, '{}') || '{"failureReason": "The audience was archived."}'
    FROM ended WHERE s.organization_id = ended.organization_id AND s.id = ended.sync_source_id`

/** As `SyncRepo.fail`, in a transaction. */
export const failSync = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  task: SyncTask,
  { reason, resumeAt, retryAt }: SyncFailure
) {
  if (!(yield* lockTask(sql, task))) return
  const { organizationId, syncSourceId } = task
  const told = JSON.stringify({
    failureReason: reason,
    ...(resumeAt === null ? {} : { retryAt: DateTime.formatIso(resumeAt) })
  })
  yield* sql`
    UPDATE sync_sources s SET
      sync_status = 'FAILED', failures = ${task.failures + 1}::int, retry_at = ${DateTime.formatIso(retryAt)}::text::timestamptz,
      source_data = (coalesce(s.source_data, '{}') - 'retryAt') || ${told}::text::jsonb || jsonb_build_object('sync', ${reportOf(sql)})
    FROM sync_runs r
    WHERE s.organization_id = ${organizationId}::uuid AND s.id = ${syncSourceId}::uuid
      AND r.organization_id = s.organization_id AND r.sync_source_id = s.id`
  if (resumeAt === null) return yield* endRun(sql, task)
  yield* sql`
    UPDATE sync_runs SET retry_at = ${DateTime.formatIso(resumeAt)}::text::timestamptz, step = step + 1, failed_step = step + 1
    WHERE organization_id = ${organizationId}::uuid AND sync_source_id = ${syncSourceId}::uuid`
})

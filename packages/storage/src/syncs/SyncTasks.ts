import { AudienceId } from "@audiences/domain/AudienceId"
import { OrganizationId } from "@audiences/domain/Organization"
import { SyncSourceId } from "@audiences/domain/SyncSource"
import type { SyncKey, SyncTask } from "@audiences/engine/syncs/SyncRepo"
import { Effect, Option, Schema } from "effect"
import type { SqlClient } from "effect/sql"

const decodeTasks = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      organizationId: OrganizationId,
      syncSourceId: SyncSourceId,
      audienceId: AudienceId,
      syncSource: Schema.String,
      listId: Schema.String,
      phase: Schema.Literals(["reading", "applying"]),
      cursor: Schema.NullOr(Schema.String),
      step: Schema.Finite,
      failures: Schema.Finite
    })
  )
)

/** The sync of a source that is not over, and not put off. */
export const readTask = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { organizationId, syncSourceId }: SyncKey
) {
  const rows = yield* sql`
    SELECT r.organization_id, r.sync_source_id, r.audience_id, s.sync_source, s.sync_source_id AS list_id,
      r.phase, r.cursor, r.step::float8, CASE WHEN r.step > r.failed_step THEN 0 ELSE s.failures END AS failures
    FROM sync_runs r
    JOIN sync_sources s ON s.organization_id = r.organization_id AND s.id = r.sync_source_id
    JOIN audiences a ON a.organization_id = r.organization_id AND a.id = r.audience_id
    WHERE r.organization_id = ${organizationId}::uuid AND r.sync_source_id = ${syncSourceId}::uuid
      AND r.retry_at IS NULL AND NOT a.archived`
  const tasks: ReadonlyArray<SyncTask> = yield* Effect.orDie(decodeTasks(rows))
  return Option.fromUndefinedOr(tasks[0])
})

/**
 * Locks a sync source until the transaction ends: what every change of it and of its sync begins with, before consumers and audiences
 * are locked.
 */
export const lockSource = (sql: SqlClient.SqlClient, { organizationId, syncSourceId }: SyncKey) =>
  sql`
    SELECT 1 FROM sync_sources
    WHERE organization_id = ${organizationId}::uuid AND id = ${syncSourceId}::uuid FOR NO KEY UPDATE`

/** Locks the source if the sync still stands where the task says. */
export const lockTask = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, task: SyncTask) {
  yield* lockSource(sql, task)
  const present = yield* readTask(sql, task)
  return Option.isSome(present) && present.value.step === task.step
})

import type { SyncTask } from "@audiences/engine/syncs/SyncRepo"
import { blocksOfOrdinals } from "@audiences/engine/memberships/Block"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { publishVersion } from "../memberships/Publication.ts"
import { readBlocks } from "../memberships/StoredBlocks.ts"
import { readRun } from "./SyncChunk.ts"
import { endRun, reportOf } from "./SyncReport.ts"
import { lockTask } from "./SyncTasks.ts"

const decodeOrdinals = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ ordinal: Schema.Finite })))
const decodeVersions = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ version: Schema.Finite, archived: Schema.Boolean }))
)

/** Those of the list who are not members yet, locked: nobody archives them before the transaction ends. */
const lockEntering = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { audienceId, organizationId, syncSourceId }: SyncTask
) {
  const rows = yield* sql`
    SELECT c.ordinal FROM consumers c
    WHERE c.organization_id = ${organizationId}::uuid AND NOT c.archived AND c.ordinal IN (
      SELECT p.ordinal FROM sync_profiles p
      WHERE p.organization_id = ${organizationId}::uuid AND p.sync_source_id = ${syncSourceId}::uuid AND p.ordinal IS NOT NULL
      EXCEPT
      SELECT m.ordinal FROM static_members m
      WHERE m.organization_id = ${organizationId}::uuid AND m.audience_id = ${audienceId}::uuid)
    ORDER BY c.id FOR SHARE`
  return (yield* Effect.orDie(decodeOrdinals(rows))).map(({ ordinal }) => ordinal)
})

const lockAudience = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, { audienceId, organizationId }: SyncTask) {
  const rows = yield* sql`
    SELECT version::float8, archived FROM audiences
    WHERE organization_id = ${organizationId}::uuid AND id = ${audienceId}::uuid FOR NO KEY UPDATE`
  return (yield* Effect.orDie(decodeVersions(rows)))[0]!
})

/** Members who are no longer on the list go. */
const removeLeaving = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { audienceId, organizationId, syncSourceId }: SyncTask
) {
  const rows = yield* sql`
    DELETE FROM static_members m
    WHERE m.organization_id = ${organizationId}::uuid AND m.audience_id = ${audienceId}::uuid AND m.ordinal NOT IN (
      SELECT p.ordinal FROM sync_profiles p
      WHERE p.organization_id = ${organizationId}::uuid AND p.sync_source_id = ${syncSourceId}::uuid AND p.ordinal IS NOT NULL)
    RETURNING m.ordinal`
  return (yield* Effect.orDie(decodeOrdinals(rows))).map(({ ordinal }) => ordinal)
})

const addEntering = (
  sql: SqlClient.SqlClient,
  { audienceId, organizationId, syncSourceId }: SyncTask,
  ordinals: ReadonlyArray<number>,
  since: string
) =>
  sql`
    INSERT INTO static_members (organization_id, audience_id, ordinal, source, since)
    SELECT ${organizationId}::uuid, ${audienceId}::uuid, entering.ordinal, ${`sync:${syncSourceId}`}, ${since}::text::timestamptz
    FROM unnest(${ordinals}::int[]) AS entering (ordinal)`

/** Source and audience say that the list is synced, and as of when. */
const succeed = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  task: SyncTask,
  asOf: string,
  change: { readonly entered: number; readonly left: number }
) {
  const { audienceId, organizationId, syncSourceId } = task
  yield* sql`
    UPDATE sync_sources s SET
      sync_status = 'SUCCESS', last_synced_at = ${asOf}::text::timestamptz, failures = 0, retry_at = NULL,
      source_data = (coalesce(s.source_data, '{}') - 'failureReason' - 'retryAt')
        || jsonb_build_object('sync', ${reportOf(sql)} || ${JSON.stringify(change)}::text::jsonb)
    FROM sync_runs r
    WHERE s.organization_id = ${organizationId}::uuid AND s.id = ${syncSourceId}::uuid
      AND r.organization_id = s.organization_id AND r.sync_source_id = s.id`
  yield* sql`
    UPDATE audiences SET primary_last_synced_at = ${asOf}::text::timestamptz, last_refreshed_at = ${asOf}::text::timestamptz
    WHERE organization_id = ${organizationId}::uuid AND id = ${audienceId}::uuid`
  yield* endRun(sql, task)
})

/** As `SyncRepo.publish`, in a transaction. */
export const publishSync = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, task: SyncTask, now: DateTime.Utc) {
  if (!(yield* lockTask(sql, task))) return false
  const { audienceId, organizationId, syncSourceId } = task
  const entering = yield* lockEntering(sql, task)
  const { archived, version } = yield* lockAudience(sql, task)
  if (archived) return false
  const leaving = yield* removeLeaving(sql, task)
  if (entering.length > 0) yield* addEntering(sql, task, entering, DateTime.formatIso(now))
  const ordinals = [...entering, ...leaving]
  // The first version says that the list is known, even when nobody is on it.
  if (ordinals.length > 0 || version === 0) {
    const flips = blocksOfOrdinals(ordinals)
    const stored = yield* readBlocks(sql, organizationId, audienceId, flips.keys())
    yield* publishVersion(sql, { organizationId, audienceId, cause: `sync:${syncSourceId}`, now }, stored, flips)
  }
  const asOf = DateTime.formatIso((yield* readRun(sql, task)).startedAt)
  yield* succeed(sql, task, asOf, { entered: entering.length, left: leaving.length })
  // Of the consumers themselves, no field changed.
  if (ordinals.length > 0) {
    yield* sql`
      SELECT record_change(${organizationId}::uuid, ${ordinals}::int[], '{}', ${audienceId}::uuid, ${`sync:${syncSourceId}`})`
  }
  return true
})

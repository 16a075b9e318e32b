import type { SyncTask } from "@audiences/engine/syncs/SyncRepo"
import { type DateTime, Effect, Option, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { applyProfiles, recordProfiles, StagedPatch } from "./SyncMerge.ts"
import { advance, problemsWith } from "./SyncStaging.ts"
import { lockTask } from "./SyncTasks.ts"
import type { WrittenProfiles } from "./WrittenProfiles.ts"

/** Profiles of one transaction. */
export const chunkProfiles = 1000

const decodeProfiles = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ profileId: Schema.String, patch: StagedPatch }))
)
const decodeRuns = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ startedAt: Schema.DateTimeUtcFromDate, applied: Schema.Finite }))
)

const readChunk = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, { organizationId, syncSourceId }: SyncTask) {
  const rows = yield* sql`
    SELECT p.profile_id, p.patch FROM sync_runs r
    JOIN sync_profiles p ON p.organization_id = r.organization_id AND p.sync_source_id = r.sync_source_id
      AND p.profile_id > coalesce(r.applied_to, '')
    WHERE r.organization_id = ${organizationId}::uuid AND r.sync_source_id = ${syncSourceId}::uuid
    ORDER BY p.profile_id LIMIT ${chunkProfiles}::int`
  return yield* Effect.orDie(decodeProfiles(rows))
})

/** When the run began, the instant as of which the list is known, and how many profiles are dealt with. */
export const readRun = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { organizationId, syncSourceId }: SyncTask
) {
  const rows = yield* sql`
    SELECT started_at, applied_count::float8 AS applied FROM sync_runs
    WHERE organization_id = ${organizationId}::uuid AND sync_source_id = ${syncSourceId}::uuid`
  return (yield* Effect.orDie(decodeRuns(rows)))[0]!
})

/** Whom each profile of the chunk became. */
const keepOrdinals = (
  sql: SqlClient.SqlClient,
  { organizationId, syncSourceId }: SyncTask,
  ordinals: WrittenProfiles["ordinals"]
) =>
  sql`
    UPDATE sync_profiles p SET ordinal = became.ordinal
    FROM unnest(${[...ordinals.keys()]}::text[], ${[...ordinals.values()]}::int[]) AS became (profile_id, ordinal)
    WHERE p.organization_id = ${organizationId}::uuid AND p.sync_source_id = ${syncSourceId}::uuid
      AND p.profile_id = became.profile_id`

/** As `SyncRepo.apply`, in a transaction. */
export const applyChunk = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, task: SyncTask, now: DateTime.Utc) {
  if (!(yield* lockTask(sql, task))) return Option.none()
  const profiles = yield* readChunk(sql, task)
  const last = profiles.at(-1)
  if (last === undefined) return Option.some({ task, isLast: true, applied: 0 })
  const { applied, startedAt } = yield* readRun(sql, task)
  const chunk = yield* applyProfiles({ sql, task, now, syncedAt: startedAt }, profiles)
  if (chunk.ordinals.size > 0) yield* keepOrdinals(sql, task, chunk.ordinals)
  const { conflict, created, duplicate, unchanged, updated } = chunk.counts
  const advanced = yield* advance(
    sql,
    task,
    sql`
      applied_to = ${last.profileId}, applied_count = applied_count + ${profiles.length}::int,
      created_count = created_count + ${created}::int, updated_count = updated_count + ${updated}::int,
      unchanged_count = unchanged_count + ${unchanged}::int, duplicate_count = duplicate_count + ${duplicate}::int,
      conflict_count = conflict_count + ${conflict}::int, problems = ${problemsWith(sql, chunk.problems)}`
  )
  yield* recordProfiles(sql, task, chunk)
  return Option.map(advanced, (task) => ({
    task,
    isLast: profiles.length < chunkProfiles,
    applied: applied + profiles.length
  }))
})

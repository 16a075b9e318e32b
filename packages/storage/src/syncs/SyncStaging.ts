import { fold } from "@audiences/domain/Fold"
import type { VendorList } from "@audiences/engine/connectors/Connector"
import type { ProfileProblem } from "@audiences/engine/syncs/MappedProfile"
import type { Advanced, StagedPage, SyncTask } from "@audiences/engine/syncs/SyncRepo"
import { Effect, Option, Schema } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { lockTask, readTask } from "./SyncTasks.ts"

/** Problems that are kept, and that one page or chunk adds at the most: a report tells no more. */
const mostProblems = 20

/** The problems of a run with others added, as long as there is room. */
export const problemsWith = (sql: SqlClient.SqlClient, problems: ReadonlyArray<ProfileProblem>) => sql`
  CASE WHEN jsonb_array_length(problems) < ${mostProblems}::int
    THEN problems || ${JSON.stringify(problems.slice(0, mostProblems))}::text::jsonb ELSE problems END`

const none: Advanced = Option.none()

/** Writes what changed of a run whose source is locked, and returns where it stands. */
export const advance = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  task: SyncTask,
  changes: Statement.Fragment
) {
  yield* sql`
    UPDATE sync_runs SET step = step + 1, updated_at = clock_timestamp(), ${changes}
    WHERE organization_id = ${task.organizationId}::uuid AND sync_source_id = ${task.syncSourceId}::uuid`
  return yield* readTask(sql, task)
})

/** What the vendor says of the list as a whole. */
export const nameList = (sql: SqlClient.SqlClient, task: SyncTask, { memberCount, name }: VendorList) =>
  sql`
    UPDATE sync_sources SET
      source_data = coalesce(source_data, '{}') || ${JSON.stringify({ listName: name, memberCount })}::text::jsonb
    WHERE organization_id = ${task.organizationId}::uuid AND id = ${task.syncSourceId}::uuid`

const decodeKept = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ isNew: Schema.Boolean })))

const keepProfiles = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { organizationId, syncSourceId }: SyncTask,
  { profiles }: StagedPage
) {
  const last = new Map(
    profiles.map(({ patch, profileId }) => [profileId, { profileId, folded: fold(profileId), patch }])
  )
  const rows = yield* sql`
    INSERT INTO sync_profiles AS p (organization_id, sync_source_id, profile_id, profile_id_folded, patch)
    SELECT ${organizationId}::uuid, ${syncSourceId}::uuid, each ->> 'profileId', each ->> 'folded', each -> 'patch'
    FROM jsonb_array_elements(${JSON.stringify([...last.values()])}::text::jsonb) AS each
    ON CONFLICT (organization_id, sync_source_id, profile_id) DO UPDATE SET patch = EXCLUDED.patch
    RETURNING xmax = 0 AS is_new`
  return (yield* Effect.orDie(decodeKept(rows))).filter(({ isNew }) => isNew).length
})

/** As `SyncRepo.stage`, in a transaction. */
export const stagePage = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, task: SyncTask, page: StagedPage) {
  if (!(yield* lockTask(sql, task))) return none
  const kept = page.profiles.length === 0 ? 0 : yield* keepProfiles(sql, task, page)
  return yield* advance(
    sql,
    task,
    sql`
      cursor = ${page.cursor}::text, phase = ${page.cursor === null ? "applying" : "reading"},
      profile_count = profile_count + ${kept}::int, repeated_count = repeated_count + ${page.profiles.length - kept}::int,
      rejected_count = rejected_count + ${page.rejected}::int,
      problems = ${problemsWith(sql, page.problems)}`
  )
})

/** As `SyncRepo.restart`, in a transaction. */
export const restartRun = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, task: SyncTask) {
  if (!(yield* lockTask(sql, task))) return none
  yield* sql`
    DELETE FROM sync_profiles
    WHERE organization_id = ${task.organizationId}::uuid AND sync_source_id = ${task.syncSourceId}::uuid`
  return yield* advance(
    sql,
    task,
    sql`cursor = NULL, phase = 'reading', profile_count = 0, repeated_count = 0, rejected_count = 0, problems = '[]'`
  )
})

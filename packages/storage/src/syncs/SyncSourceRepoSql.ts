import type { Actor } from "@audiences/domain/Actor"
import { AudienceArchived } from "@audiences/domain/Audience"
import { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import {
  SyncProgress,
  type SyncSource,
  type SyncSourceFull,
  type SyncSourceId,
  SyncSourceNotFound,
  SyncSourcePresent
} from "@audiences/domain/SyncSource"
import { AudienceTypeMismatch } from "@audiences/engine/audiences/AudienceRepo"
import type { PageRequest } from "@audiences/engine/pages/Paging"
import { sourceName } from "@audiences/engine/syncs/SourceName"
import { SyncSourceRepo } from "@audiences/engine/syncs/SyncSourceRepo"
import { DateTime, Effect, Layer, Schema, String, Struct } from "effect"
import { SqlClient } from "effect/sql"
import { insertSyncSource } from "../audiences/AudienceWrites.ts"
import { lockAudience } from "../audiences/LockedAudience.ts"
import { audit } from "../audit/Audit.ts"
import { readSlice } from "../pages/Keyset.ts"
import { contended } from "../postgres/Contended.ts"
import { endRun } from "./SyncReport.ts"
import { SyncSourceRow } from "./SyncSourceRow.ts"
import { lockSource } from "./SyncTasks.ts"

const instant = Schema.NullOr(Schema.DateTimeUtcFromDate)

/** A source with its audience and its run, flat. */
const Row = Schema.Struct({
  ...SyncSourceRow.fields,
  audienceId: Schema.NullOr(AudienceId),
  phase: Schema.NullOr(SyncProgress.fields.phase),
  runStartedAt: instant,
  profilesRead: Schema.NullOr(Schema.Finite),
  profilesApplied: Schema.NullOr(Schema.Finite),
  runRetryAt: instant
})

const fullSource = (row: typeof Row.Type): SyncSourceFull => {
  const { audienceId, phase, profilesApplied, profilesRead, runRetryAt, runStartedAt, ...source } = row
  const progress =
    phase === null || runStartedAt === null
      ? null
      : {
          phase,
          startedAt: runStartedAt,
          profilesRead: profilesRead ?? 0,
          profilesApplied: profilesApplied ?? 0,
          retryAt: runRetryAt
        }
  return { ...source, audienceId, progress }
}

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Row))

const columnNames = Struct.keys(SyncSourceRow.fields)
  .map((name) => `s.${String.camelToSnake(name)}`)
  .join(", ")

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const columns = sql`
    ${sql.literal(columnNames)}, a.id AS audience_id, r.phase, r.started_at AS run_started_at,
    r.profile_count::float8 AS profiles_read, r.applied_count::float8 AS profiles_applied, r.retry_at AS run_retry_at`
  const from = sql`
    sync_sources s
    LEFT JOIN audiences a ON a.organization_id = s.organization_id AND a.primary_sync_source_id = s.id
    LEFT JOIN sync_runs r ON r.organization_id = s.organization_id AND r.sync_source_id = s.id`

  const read = Effect.fnUntraced(function* (organizationId: OrganizationId, id: SyncSourceId) {
    const rows = yield* sql`
      SELECT ${columns} FROM ${from} WHERE s.organization_id = ${organizationId}::uuid AND s.id = ${id}::uuid`
    const [row] = yield* Effect.orDie(decodeRows(rows))
    return row === undefined ? yield* new SyncSourceNotFound() : fullSource(row)
  })

  const list = Effect.fn("SyncSourceRepo.list")(function* (
    organizationId: OrganizationId,
    archived: boolean,
    request: PageRequest<"createdAt">
  ) {
    const slice = yield* readSlice(
      sql,
      {
        columns,
        from,
        where: sql`s.organization_id = ${organizationId}::uuid AND ${archived ? sql`s.archived` : sql`NOT s.archived`}`,
        key: { expression: sql`s.created_at`, kind: "instant", nullable: false },
        id: sql`s.id`,
        row: Row
      },
      request
    )
    return { ...slice, data: slice.data.map(fullSource) }
  })

  /** The audience's mirrors of its source; null: it has none any more. */
  const mirror = (organizationId: OrganizationId, audienceId: AudienceId, source: SyncSource | null) =>
    sql`
      UPDATE audiences SET
        primary_sync_source_id = ${source?.id ?? null}::uuid, primary_external_id = ${source?.syncSourceId ?? null}::text,
        primary_source_vendor = ${source === null ? null : sourceName(source.syncSource).vendor}::text, primary_last_synced_at = NULL
      WHERE organization_id = ${organizationId}::uuid AND id = ${audienceId}::uuid`

  const add = Effect.fn("SyncSourceRepo.add")(
    function* (actor: Actor, audienceId: AudienceId, source: SyncSource) {
      const { organizationId } = actor
      const { archived, type } = yield* lockAudience(sql, organizationId, audienceId)
      if (type !== "SYNCED_LIST") return yield* new AudienceTypeMismatch({ type })
      if (archived) return yield* new AudienceArchived()
      const present = yield* sql`
        SELECT 1 FROM audiences
        WHERE organization_id = ${organizationId}::uuid AND id = ${audienceId}::uuid AND primary_sync_source_id IS NOT NULL`
      if (present.length > 0) return yield* new SyncSourcePresent()
      yield* insertSyncSource(sql, source)
      yield* mirror(organizationId, audienceId, source)
      yield* audit(sql, actor, source.createdAt, {
        action: "syncSources.add",
        subjectType: "audience",
        subjectId: audienceId,
        changes: { id: source.id, syncSource: source.syncSource, syncSourceId: source.syncSourceId }
      })
      return yield* Effect.orDie(read(organizationId, source.id))
    },
    contended(sql),
    Effect.catchTag("SqlError", Effect.die)
  )

  const remove = Effect.fn("SyncSourceRepo.remove")(
    function* (actor: Actor, now: DateTime.Utc, id: SyncSourceId) {
      const { organizationId } = actor
      yield* lockSource(sql, { organizationId, syncSourceId: id })
      const source = yield* read(organizationId, id)
      if (source.archived) return source
      yield* endRun(sql, { organizationId, syncSourceId: id })
      if (source.audienceId !== null) {
        yield* Effect.orDie(lockAudience(sql, organizationId, source.audienceId))
        yield* mirror(organizationId, source.audienceId, null)
      }
      yield* sql`
        UPDATE sync_sources SET archived = true, updated_at = ${DateTime.formatIso(now)}::text::timestamptz, updated_by = ${actor.name}
        WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid`
      yield* audit(sql, actor, now, {
        action: "syncSources.remove",
        subjectType: "audience",
        subjectId: source.audienceId,
        changes: { id, syncSource: source.syncSource, syncSourceId: source.syncSourceId }
      })
      return yield* read(organizationId, id)
    },
    contended(sql),
    Effect.catchTag("SqlError", Effect.die)
  )

  return SyncSourceRepo.of({
    list,
    get: Effect.fn("SyncSourceRepo.get")(read, Effect.catchTag("SqlError", Effect.die)),
    add,
    remove
  })
})

export const SyncSourceRepoSql = Layer.effect(SyncSourceRepo, make)

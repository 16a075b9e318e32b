import type { Actor } from "@audiences/domain/Actor"
import { AudienceArchived, AudienceNotFound, AudienceType } from "@audiences/domain/Audience"
import { AudienceId } from "@audiences/domain/AudienceId"
import type { AuditAction } from "@audiences/domain/AuditEntry"
import type { OrganizationId } from "@audiences/domain/Organization"
import { SyncInProgress, SyncSourceId } from "@audiences/domain/SyncSource"
import { AudienceTypeMismatch } from "@audiences/engine/audiences/AudienceRepo"
import type { NewAudience } from "@audiences/engine/audiences/NewAudience"
import { type SyncKey, SyncSourceMissing } from "@audiences/engine/syncs/SyncRepo"
import { DateTime, Effect, Option, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { insertAudience, insertSyncSource } from "../audiences/AudienceWrites.ts"
import { audit } from "../audit/Audit.ts"
import { lockSource } from "./SyncTasks.ts"

const decodeSources = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      type: AudienceType,
      archived: Schema.Boolean,
      syncSourceId: Schema.NullOr(SyncSourceId),
      syncSource: Schema.NullOr(Schema.String),
      /** A run that is at work; one that was put off does not count. */
      running: Schema.Boolean
    })
  )
)

const readSource = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId
) {
  const rows = yield* sql`
    SELECT a.type, a.archived, s.id AS sync_source_id, s.sync_source,
      r.sync_source_id IS NOT NULL AND r.retry_at IS NULL AS running
    FROM audiences a
    LEFT JOIN sync_sources s ON s.organization_id = a.organization_id AND s.id = a.primary_sync_source_id
    LEFT JOIN sync_runs r ON r.organization_id = s.organization_id AND r.sync_source_id = s.id
    WHERE a.organization_id = ${organizationId}::uuid AND a.id = ${audienceId}::uuid`
  const [found] = yield* Effect.orDie(decodeSources(rows))
  if (found === undefined) return yield* new AudienceNotFound()
  const { archived, running, syncSource, syncSourceId, type } = found
  if (type !== "SYNCED_LIST") return yield* new AudienceTypeMismatch({ type })
  if (syncSourceId === null || syncSource === null) return yield* new SyncSourceMissing()
  if (archived) return yield* new AudienceArchived()
  return { syncSourceId, syncSource, running }
})

/** As `SyncRepo.sourceOf`. */
export const sourceOf = readSource

/** Begins a sync of a source that is locked, or lets one that was put off go on. */
export const beginRun = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { audienceId, organizationId, syncSourceId }: SyncKey & { readonly audienceId: AudienceId },
  now: DateTime.Utc
) {
  const at = sql`${DateTime.formatIso(now)}::text::timestamptz`
  yield* sql`
    INSERT INTO sync_runs (organization_id, sync_source_id, audience_id, started_at)
    VALUES (${organizationId}::uuid, ${syncSourceId}::uuid, ${audienceId}::uuid, ${at})
    ON CONFLICT (organization_id, sync_source_id) DO UPDATE SET retry_at = NULL, updated_at = clock_timestamp()`
  yield* sql`
    UPDATE sync_sources SET sync_status = 'PENDING', attempted_at = ${at}
    WHERE organization_id = ${organizationId}::uuid AND id = ${syncSourceId}::uuid`
})

/** As `SyncRepo.start`, in a transaction. */
export const startSync = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  actor: Actor,
  now: DateTime.Utc,
  audienceId: AudienceId
) {
  const { organizationId } = actor
  const { running, syncSourceId } = yield* readSource(sql, organizationId, audienceId)
  // Told without waiting for what the sync writes just now.
  if (running) return yield* new SyncInProgress()
  yield* lockSource(sql, { organizationId, syncSourceId })
  const present = yield* readSource(sql, organizationId, audienceId)
  if (present.syncSourceId !== syncSourceId) return yield* new SyncSourceMissing()
  if (present.running) return yield* new SyncInProgress()
  yield* beginRun(sql, { organizationId, syncSourceId, audienceId }, now)
  // Who asks has seen to it.
  yield* sql`
    UPDATE sync_sources SET failures = 0, retry_at = NULL
    WHERE organization_id = ${organizationId}::uuid AND id = ${syncSourceId}::uuid`
  yield* audit(sql, actor, now, {
    action: "syncs.start",
    subjectType: "audience",
    subjectId: audienceId,
    changes: { syncSourceId }
  })
  return syncSourceId
})

const decodeAudiences = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ id: AudienceId })))

/** As `SyncRepo.audienceOf`. */
export const audienceOf = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  vendor: string,
  listId: string
) {
  const rows = yield* sql`
    SELECT a.id FROM sync_sources s
    JOIN audiences a ON a.organization_id = s.organization_id AND a.primary_sync_source_id = s.id
    WHERE s.organization_id = ${organizationId}::uuid AND s.sync_source_id = ${listId} AND NOT s.archived
      AND split_part(s.sync_source, ':', 1) = ${vendor} AND NOT a.archived
    ORDER BY a.created_at, a.id LIMIT 1`
  return Option.map(Option.fromUndefinedOr((yield* Effect.orDie(decodeAudiences(rows)))[0]), ({ id }) => id)
})

/** As `SyncRepo.takeOver`, in a transaction. */
export const takeOverList = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  actor: Actor,
  { audience, syncSource }: NewAudience,
  action: AuditAction
) {
  const { organizationId } = actor
  const source = syncSource!
  const vendor = audience.primarySourceVendor ?? ""
  // Of two that take over one list at the same time, the second finds the audience of the first.
  yield* sql`
    SELECT pg_advisory_xact_lock(hashtextextended(${`sync-source:${organizationId}:${vendor}:${source.syncSourceId}`}, 0))`
  const existing = yield* audienceOf(sql, organizationId, vendor, source.syncSourceId)
  if (Option.isSome(existing)) return existing
  yield* insertSyncSource(sql, source)
  yield* insertAudience(sql, audience)
  yield* beginRun(sql, { organizationId, syncSourceId: source.id, audienceId: audience.id }, audience.createdAt)
  yield* audit(sql, actor, audience.createdAt, {
    action,
    subjectType: "audience",
    subjectId: audience.id,
    changes: { name: audience.name, listId: source.syncSourceId, syncSourceId: source.id }
  })
  return Option.none<AudienceId>()
})

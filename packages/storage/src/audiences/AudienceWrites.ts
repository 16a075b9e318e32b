import type { Audience } from "@audiences/domain/Audience"
import { fold } from "@audiences/domain/Fold"
import type { SyncSource } from "@audiences/domain/SyncSource"
import { DateTime, Effect } from "effect"
import type { SqlClient } from "effect/sql"

const json = (value: unknown) => (value == null ? null : JSON.stringify(value))
const instant = (value: DateTime.Utc | null | undefined) => (value == null ? null : DateTime.formatIso(value))

export const insertSyncSource = (sql: SqlClient.SqlClient, source: SyncSource) =>
  sql`
    INSERT INTO sync_sources (organization_id, id, sync_source, sync_source_id, sync_status, source_data, archived, created_at, created_by)
    VALUES (${source.organizationId}::uuid, ${source.id}::uuid, ${source.syncSource}, ${source.syncSourceId}, ${source.syncStatus ?? "PENDING"},
      ${json(source.sourceData)}::text::jsonb, ${source.archived}, ${instant(source.createdAt)}::text::timestamptz, ${source.createdBy})`

/** A DYNAMIC audience waits for its first refresh. */
export const insertAudience = (sql: SqlClient.SqlClient, audience: Audience) =>
  sql`
    INSERT INTO audiences (
      organization_id, id, name, name_folded, description, type, group_id, group_name, group_type, icon_name, metadata,
      refresh_interval_seconds, primary_sync_source_id, primary_external_id, primary_source_vendor, archived, created_at, created_by,
      refreshes_requested)
    VALUES (
      ${audience.organizationId}::uuid, ${audience.id}::uuid, ${audience.name}, ${fold(audience.name)}, ${audience.description ?? null},
      ${audience.type}, ${audience.groupId ?? null}::uuid, ${audience.groupName ?? null}, ${audience.groupType ?? null},
      ${audience.iconName ?? null}, ${json(audience.metadata)}::text::jsonb, ${audience.refreshIntervalSeconds ?? null}::int,
      ${audience.primarySyncSourceId ?? null}::uuid, ${audience.primaryExternalId ?? null}, ${audience.primarySourceVendor ?? null},
      ${audience.archived}, ${instant(audience.createdAt)}::text::timestamptz, ${audience.createdBy},
      ${audience.type === "DYNAMIC" ? 1 : 0})`

/** Writes what may change of an audience, and returns it. */
export const updateAudience = (sql: SqlClient.SqlClient, audience: Audience) =>
  sql`
    UPDATE audiences SET
      name = ${audience.name}, name_folded = ${fold(audience.name)}, description = ${audience.description ?? null},
      group_id = ${audience.groupId ?? null}::uuid, group_name = ${audience.groupName ?? null},
      group_type = ${audience.groupType ?? null}, icon_name = ${audience.iconName ?? null},
      metadata = ${json(audience.metadata)}::text::jsonb, refresh_interval_seconds = ${audience.refreshIntervalSeconds ?? null}::int,
      archived = ${audience.archived}, updated_at = ${instant(audience.updatedAt)}::text::timestamptz, updated_by = ${audience.updatedBy ?? null}
    WHERE organization_id = ${audience.organizationId}::uuid AND id = ${audience.id}::uuid`.pipe(Effect.as(audience))

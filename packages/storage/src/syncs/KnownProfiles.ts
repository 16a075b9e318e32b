import type { SyncTask } from "@audiences/engine/syncs/SyncRepo"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"

const decode = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ profileId: Schema.String, ordinal: Schema.Finite }))
)

/**
 * Of some staged profiles those that say what is stored already of a consumer of this source, as most do most of the time: they only get
 * the instant of the sync. Every identifier that they give is the consumer's own, so they can mean nobody else. Returns the ordinal of
 * each.
 */
export const stampKnown = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { organizationId, syncSourceId }: SyncTask,
  profileIds: ReadonlyArray<string>,
  syncedAt: DateTime.Utc
) {
  const rows = yield* sql`
    WITH known AS (
      SELECT p.profile_id, c.id FROM sync_profiles p
      JOIN consumers c ON c.organization_id = p.organization_id AND NOT c.archived
        AND c.primary_external_id_folded = p.profile_id_folded
      WHERE p.organization_id = ${organizationId}::uuid AND p.sync_source_id = ${syncSourceId}::uuid
        AND p.profile_id = ANY(${profileIds}::text[])
        AND c.primary_sync_source_id = p.sync_source_id AND c.primary_external_id = p.profile_id
        AND coalesce(p.patch ->> 'email' = c.email, NOT p.patch ? 'email')
        AND coalesce(p.patch ->> 'phone' = c.phone, NOT p.patch ? 'phone')
        AND coalesce(p.patch ->> 'fullName' = c.full_name, NOT p.patch ? 'fullName')
        AND coalesce(c.metadata || (p.patch -> 'metadata') = c.metadata, NOT p.patch ? 'metadata')
      ORDER BY c.id FOR NO KEY UPDATE OF c
    )
    UPDATE consumers c SET primary_last_synced_at = ${DateTime.formatIso(syncedAt)}::text::timestamptz FROM known
    WHERE c.organization_id = ${organizationId}::uuid AND c.id = known.id
    RETURNING known.profile_id, c.ordinal`
  return new Map((yield* Effect.orDie(decode(rows))).map(({ ordinal, profileId }) => [profileId, ordinal]))
})

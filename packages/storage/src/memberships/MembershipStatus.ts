import { AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { AudienceStatus } from "@audiences/domain/Membership"
import type { OrganizationId } from "@audiences/domain/Organization"
import { SyncStatus } from "@audiences/domain/SyncSource"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"

const instant = Schema.NullOr(Schema.DateTimeUtcFromDate)
const decode = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      version: Schema.Finite,
      inProgress: Schema.Boolean,
      stale: Schema.Boolean,
      pendingShards: Schema.Finite,
      lastRefreshedAt: instant,
      refreshIntervalSeconds: Schema.NullOr(Schema.Finite),
      syncStatus: Schema.NullOr(SyncStatus),
      lastSyncedAt: instant
    })
  )
)

export const readStatus = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId,
  now: DateTime.Utc
) {
  const at = sql`${DateTime.formatIso(now)}::text::timestamptz`
  const rows = yield* sql`
    SELECT a.version::float8, progress.running AS in_progress, NOT a.archived AND (
        progress.running OR pending.blocks > 0
        OR (a.type = 'DYNAMIC' AND coalesce(p.next_flip_at <= ${at}, false))
        OR (a.type = 'SYNCED_LIST' AND coalesce(s.sync_status <> 'SUCCESS', false))
        OR ((a.type = 'DYNAMIC' OR s.id IS NOT NULL) AND coalesce(
          coalesce(a.last_refreshed_at, a.created_at) + make_interval(secs => a.refresh_interval_seconds) <= ${at}, false))
      ) AS stale,
      CASE WHEN a.type = 'DYNAMIC' AND progress.running THEN coalesce((
        SELECT (k.next_ordinal + 65535) / 65536 FROM consumer_counters k WHERE k.organization_id = a.organization_id), 0)
      ELSE pending.blocks END AS pending_shards,
      a.last_refreshed_at, a.refresh_interval_seconds, s.sync_status, s.last_synced_at
    FROM audiences a
    JOIN membership_publishers p ON p.organization_id = a.organization_id
    LEFT JOIN sync_sources s ON s.organization_id = a.organization_id AND s.id = a.primary_sync_source_id
    CROSS JOIN LATERAL (SELECT NOT a.archived AND (a.refreshes_requested > a.refreshes_completed OR EXISTS (
      SELECT 1 FROM sync_runs r
      WHERE r.organization_id = s.organization_id AND r.sync_source_id = s.id AND r.retry_at IS NULL))) AS progress (running)
    CROSS JOIN LATERAL (
      SELECT count(DISTINCT o.ordinal >> 16)::int AS blocks FROM changes c CROSS JOIN LATERAL unnest(c.ordinals) AS o (ordinal)
      WHERE a.type = 'DYNAMIC' AND NOT a.archived AND c.organization_id = a.organization_id AND c.audience_id IS NULL
        AND c.position > greatest(a.evaluated_position, p.followed_position)) AS pending
    WHERE a.organization_id = ${organizationId}::uuid AND a.id = ${audienceId}::uuid`
  const [row] = yield* Effect.orDie(decode(rows))
  if (row === undefined) return yield* new AudienceNotFound()
  const status: AudienceStatus = { audienceId, ...row }
  return status
})

import { AudienceId } from "@audiences/domain/AudienceId"
import { OrganizationId } from "@audiences/domain/Organization"
import type { KnownMembership, PublishedMembership } from "@audiences/engine/gate/GateRepo"
import type { Block } from "@audiences/engine/memberships/Block"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"

const decode = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      organizationId: OrganizationId,
      audienceId: AudienceId,
      version: Schema.Finite,
      archived: Schema.Boolean,
      asOf: Schema.NullOr(Schema.DateTimeUtcFromDate),
      stale: Schema.Boolean,
      since: Schema.NullOr(Schema.Finite),
      block: Schema.NullOr(Schema.Finite),
      bits: Schema.NullOr(Schema.Uint8Array)
    })
  )
)

/**
 * Memberships as they are published, in one statement, so that version, blocks and freshness belong together. Of one whose known
 * version is the present one no blocks are read; of an older one those that the history says have changed, or, where it does not reach back,
 * all (`since` is null).
 *
 * Fresh as `readFreshness` has it; chosen members are written with what chooses them. While rules wait to be evaluated, the membership is
 * that of the last refresh.
 */
export const readPublished = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  known: ReadonlyArray<KnownMembership>,
  now: DateTime.Utc
) {
  const at = sql`${DateTime.formatIso(now)}::text::timestamptz`
  const asked = known.map(({ audienceId, organizationId, version }) => ({ organizationId, audienceId, version }))
  const rows = yield* sql`
    SELECT a.organization_id, a.id AS audience_id, a.version::float8, a.archived, facts.as_of, facts.stale,
      facts.since::float8, changed.block, changed.bits
    FROM jsonb_to_recordset(${JSON.stringify(asked)}::text::jsonb)
      AS asked ("organizationId" uuid, "audienceId" uuid, version bigint)
    JOIN audiences a ON a.organization_id = asked."organizationId" AND a.id = asked."audienceId"
    JOIN membership_publishers p ON p.organization_id = a.organization_id
    LEFT JOIN sync_sources s ON s.organization_id = a.organization_id AND s.id = a.primary_sync_source_id
    LEFT JOIN LATERAL (
      SELECT c.changed_at FROM changes c
      WHERE a.type = 'DYNAMIC' AND NOT a.archived AND c.organization_id = a.organization_id
        AND c.position > greatest(a.evaluated_position, p.followed_position) AND c.audience_id IS NULL
      ORDER BY c.position LIMIT 1
    ) AS waiting ON true
    CROSS JOIN LATERAL (
      SELECT
        CASE
          WHEN a.archived OR a.type = 'STATIC_LIST' THEN ${at}
          WHEN a.type = 'SYNCED_LIST' THEN CASE WHEN a.version > 0 OR a.primary_last_synced_at IS NOT NULL THEN ${at} END
          WHEN a.evaluated_revision IS NULL THEN NULL
          WHEN a.evaluated_revision <> a.rules_revision THEN a.last_refreshed_at
          ELSE least(${at}, waiting.changed_at - interval '1 millisecond', p.next_flip_at - interval '1 millisecond')
        END AS as_of,
        NOT a.archived AND (
          a.refreshes_requested > a.refreshes_completed OR waiting.changed_at IS NOT NULL
          OR (a.type = 'DYNAMIC' AND coalesce(p.next_flip_at <= ${at}, false))
          OR coalesce(s.sync_status <> 'SUCCESS', false)
          OR ((a.type = 'DYNAMIC' OR s.id IS NOT NULL) AND coalesce(
            coalesce(a.last_refreshed_at, a.created_at) + make_interval(secs => a.refresh_interval_seconds) <= ${at}, false))
        ) AS stale,
        CASE WHEN asked.version <= a.version AND a.version - asked.version = (
          SELECT count(*) FROM audience_versions v
          WHERE v.organization_id = a.organization_id AND v.audience_id = a.id AND v.version > asked.version
        ) THEN asked.version END AS since
    ) AS facts
    LEFT JOIN LATERAL (
      SELECT b.block, b.bits FROM audience_blocks b
      WHERE facts.since IS NULL AND b.organization_id = a.organization_id AND b.audience_id = a.id
      UNION ALL
      SELECT touched.block, b.bits FROM (
        SELECT DISTINCT v.block FROM audience_version_blocks v
        WHERE v.organization_id = a.organization_id AND v.audience_id = a.id AND v.version > facts.since
      ) AS touched
      LEFT JOIN audience_blocks b ON b.organization_id = a.organization_id AND b.audience_id = a.id AND b.block = touched.block
    ) AS changed ON true`
  const found = new Map<string, PublishedMembership & { readonly blocks: Map<number, Block | null> }>()
  for (const { block, bits, ...facts } of yield* decode(rows)) {
    const key = facts.organizationId + facts.audienceId
    const membership = found.get(key) ?? { ...facts, blocks: new Map<number, Block | null>() }
    found.set(key, membership)
    if (block !== null) membership.blocks.set(block, bits)
  }
  return [...found.values()]
})

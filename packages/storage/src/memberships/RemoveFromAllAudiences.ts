import type { OrganizationId } from "@audiences/domain/Organization"
import { blockOf, encodeOffsets, offsetOf } from "@audiences/engine/memberships/Block"
import { DateTime, Effect } from "effect"
import type { SqlClient } from "effect/sql"

/**
 * Takes one consumer, whose row the transaction has locked, out of every audience: one version each. The change feed is the
 * caller's, and comes after. Locks the live DYNAMIC audiences too that the consumer is not in: an evaluation that still saw the consumer
 * is published before this looks, or sees the change in the feed.
 */
export const removeFromAllAudiences = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  ordinal: number,
  now: DateTime.Utc
) {
  const block = sql`${blockOf(ordinal)}::int`
  const offset = sql`${offsetOf(ordinal)}::int`
  yield* sql`
    SELECT id FROM audiences a
    WHERE organization_id = ${organizationId}::uuid AND ((type = 'DYNAMIC' AND NOT archived) OR EXISTS (
      SELECT 1 FROM audience_blocks b
      WHERE b.organization_id = a.organization_id AND b.audience_id = a.id AND b.block = ${block} AND get_bit(b.bits, ${offset}) = 1))
    ORDER BY id FOR NO KEY UPDATE`
  // Statements of one WITH see the same rows: each knows the blocks as they were.
  yield* sql`
    WITH hit AS (
      SELECT audience_id FROM audience_blocks
      WHERE organization_id = ${organizationId}::uuid AND block = ${block} AND get_bit(bits, ${offset}) = 1
    ), unlisted AS (
      DELETE FROM static_members m USING hit
      WHERE m.organization_id = ${organizationId}::uuid AND m.audience_id = hit.audience_id AND m.ordinal = ${ordinal}::int
    ), emptied AS (
      DELETE FROM audience_blocks b USING hit
      WHERE b.organization_id = ${organizationId}::uuid AND b.audience_id = hit.audience_id AND b.block = ${block} AND b.member_count = 1
    ), cleared AS (
      UPDATE audience_blocks b SET bits = set_bit(b.bits, ${offset}, 0), member_count = b.member_count - 1 FROM hit
      WHERE b.organization_id = ${organizationId}::uuid AND b.audience_id = hit.audience_id AND b.block = ${block} AND b.member_count > 1
    ), published AS (
      UPDATE audiences a SET version = a.version + 1, member_count = a.member_count - 1 FROM hit
      WHERE a.organization_id = ${organizationId}::uuid AND a.id = hit.audience_id
      RETURNING a.id, a.version, a.member_count
    ), versions AS (
      INSERT INTO audience_versions (organization_id, audience_id, version, cause, entered_count, left_count, member_count, published_at)
      SELECT ${organizationId}::uuid, id, version, 'archive', 0, 1, member_count, ${DateTime.formatIso(now)}::text::timestamptz FROM published
    )
    INSERT INTO audience_version_blocks (organization_id, audience_id, version, block, changed)
    SELECT ${organizationId}::uuid, id, version, ${block}, ${encodeOffsets([offsetOf(ordinal)])}::bytea FROM published`
})

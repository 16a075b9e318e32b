import { AudienceId } from "@audiences/domain/AudienceId"
import { OrganizationId } from "@audiences/domain/Organization"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient, Statement } from "effect/sql"

/** Copies the present membership of an audience, which must be locked and have a version. Idempotent. */
export const copyPresent = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId
) {
  const copied = yield* sql`
    INSERT INTO audience_copies (organization_id, audience_id, version, cause, entered_count, left_count, member_count, published_at)
    SELECT v.organization_id, v.audience_id, v.version, v.cause, v.entered_count, v.left_count, v.member_count, v.published_at
    FROM audiences a JOIN audience_versions v
      ON v.organization_id = a.organization_id AND v.audience_id = a.id AND v.version = a.version
    WHERE a.organization_id = ${organizationId}::uuid AND a.id = ${audienceId}::uuid
    ON CONFLICT (organization_id, audience_id, version) DO NOTHING RETURNING version`
  if (copied.length === 0) return
  yield* sql`
    INSERT INTO audience_copy_blocks (organization_id, audience_id, version, block, bits)
    SELECT b.organization_id, b.audience_id, a.version, b.block, b.bits
    FROM audience_blocks b JOIN audiences a ON a.organization_id = b.organization_id AND a.id = b.audience_id
    WHERE b.organization_id = ${organizationId}::uuid AND b.audience_id = ${audienceId}::uuid`
})

/** Versions after which an audience is copied: reading one counts back no more than so many. */
const copyEvery = 1000

const decodeMoved = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ organizationId: OrganizationId, audienceId: AudienceId }))
)

/** The audiences that have moved far since their last copy, of whatever organization. */
export const readMoved = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const rows = yield* sql`
    SELECT a.organization_id, a.id AS audience_id FROM audiences a
    WHERE a.version >= ${copyEvery}::bigint AND a.version - coalesce((
      SELECT max(c.version) FROM audience_copies c WHERE c.organization_id = a.organization_id AND c.audience_id = a.id), 0) >= ${copyEvery}::bigint`
  return yield* decodeMoved(rows)
})

/** Versions that one transaction forgets, so that it locks nothing for long. */
const batch = 5000

const pruneBatch = (sql: SqlClient.SqlClient, at: Statement.Fragment) =>
  sql.withTransaction(
    Effect.gen(function* () {
      // The lowest first, and with a version all below it: those that stay are counted back from above. The last one published
      // before the instant was the membership then, and for as long as no other was published.
      yield* sql`
        CREATE TEMPORARY TABLE old_versions ON COMMIT DROP AS
        WITH last AS (
          SELECT organization_id, audience_id, max(version) AS version FROM audience_versions
          WHERE published_at < ${at} GROUP BY 1, 2
        )
        SELECT v.organization_id, v.audience_id, v.version FROM last JOIN audience_versions v
          ON v.organization_id = last.organization_id AND v.audience_id = last.audience_id AND v.version < last.version
        ORDER BY 1, 2, 3 LIMIT ${batch}`
      yield* sql`
        DELETE FROM audience_version_blocks b USING old_versions o
        WHERE b.organization_id = o.organization_id AND b.audience_id = o.audience_id AND b.version = o.version`
      return yield* sql`
        DELETE FROM audience_versions v USING old_versions o
        WHERE v.organization_id = o.organization_id AND v.audience_id = o.audience_id AND v.version = o.version RETURNING 1`
    })
  )

/** Forgets versions that were over before an instant, but for those of snapshots. */
export const pruneVersions = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, before: DateTime.Utc) {
  const at = sql`${DateTime.formatIso(before)}::text::timestamptz`
  while ((yield* pruneBatch(sql, at)).length === batch);
  yield* sql.withTransaction(
    Effect.gen(function* () {
      // Snapshots are made under the lock of their audience: none is begun on a copy that is about to go.
      yield* sql`
        CREATE TEMPORARY TABLE unused_copies ON COMMIT DROP AS
        SELECT c.organization_id, c.audience_id, c.version FROM audience_copies c
        JOIN audiences a ON a.organization_id = c.organization_id AND a.id = c.audience_id AND a.version > c.version
        WHERE c.published_at < ${at} AND NOT EXISTS (
          SELECT 1 FROM audience_versions v
          WHERE v.organization_id = c.organization_id AND v.audience_id = c.audience_id AND v.version = c.version)
        ORDER BY a.id FOR NO KEY UPDATE OF a SKIP LOCKED`
      yield* sql`
        DELETE FROM unused_copies c USING audience_snapshots s
        WHERE s.organization_id = c.organization_id AND s.audience_id = c.audience_id AND s.version = c.version`
      yield* sql`
        DELETE FROM audience_copy_blocks b USING unused_copies c
        WHERE b.organization_id = c.organization_id AND b.audience_id = c.audience_id AND b.version = c.version`
      yield* sql`
        DELETE FROM audience_copies b USING unused_copies c
        WHERE b.organization_id = c.organization_id AND b.audience_id = c.audience_id AND b.version = c.version`
    })
  )
})

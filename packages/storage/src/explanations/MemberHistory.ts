import type { AudienceId } from "@audiences/domain/AudienceId"
import type { MemberSince } from "@audiences/domain/MemberExplanation"
import type { OrganizationId } from "@audiences/domain/Organization"
import { blockOf, encodeOffsets, offsetOf } from "@audiences/engine/memberships/Block"
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"

const decodeVersions = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ version: Schema.Finite, publishedAt: Schema.DateTimeUtcFromDate, cause: Schema.String }))
)

/**
 * The last version in which a consumer changed sides. Of short changes, which are lists of offsets, the bytes of the offset are looked for
 * first, wherever they stand, and only where they are found, offset by offset.
 */
export const readSince = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId,
  ordinal: number
) {
  const place = sql`v.organization_id = ${organizationId}::uuid AND v.audience_id = ${audienceId}::uuid`
  const offset = offsetOf(ordinal)
  const [last] = yield* decodeVersions(
    yield* sql`
    SELECT v.version::float8, v.published_at, v.cause FROM audience_version_blocks c
    JOIN audience_versions v ON v.organization_id = c.organization_id AND v.audience_id = c.audience_id AND v.version = c.version
    WHERE ${place} AND c.block = ${blockOf(ordinal)}::int AND CASE
      WHEN length(c.changed) = 8192 THEN get_bit(c.changed, ${offset}::int) = 1
      WHEN position(${encodeOffsets([offset])}::bytea IN c.changed) = 0 THEN false
      ELSE EXISTS (
        SELECT FROM generate_series(0, length(c.changed) - 2, 2) AS at
        WHERE get_byte(c.changed, at) * 256 + get_byte(c.changed, at + 1) = ${offset}::int)
      END
    ORDER BY c.version DESC LIMIT 1`
  )
  if (last !== undefined) {
    return { at: last.publishedAt, version: last.version, cause: last.cause, before: null } satisfies MemberSince
  }
  const [first] = yield* decodeVersions(
    yield* sql`
    SELECT v.version::float8, v.published_at, v.cause FROM audience_versions v WHERE ${place} ORDER BY v.version LIMIT 1`
  )
  const reachesBack = first === undefined || first.version === 1
  const since: MemberSince = { at: null, version: null, cause: null, before: reachesBack ? null : first.publishedAt }
  return since
})

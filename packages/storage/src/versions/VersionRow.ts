import { AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { AudienceVersion, VersionNotFound, VersionNotRetained } from "@audiences/domain/AudienceVersion"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"

export const VersionRow = Schema.Struct({ ...AudienceVersion.fields, publishedAt: Schema.DateTimeUtcFromDate })

export const decodeVersions = Schema.decodeUnknownEffect(Schema.Array(VersionRow))

/** Of `audience_versions v`, or of `audience_copies v`, which tells the same of the versions it is of. */
export const versionColumns = (sql: SqlClient.SqlClient) =>
  sql`v.version::float8, v.cause, v.entered_count, v.left_count, v.member_count::float8, v.published_at`

const decodePresent = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ version: Schema.Finite })))

/** The number of the present version. */
export const presentVersion = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId
) {
  const rows = yield* sql`
    SELECT version::float8 FROM audiences WHERE organization_id = ${organizationId}::uuid AND id = ${audienceId}::uuid`
  const [audience] = yield* decodePresent(rows)
  return audience === undefined ? yield* new AudienceNotFound() : audience.version
})

/** A version whose members can be read. */
export const readVersion = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId,
  version: number
) {
  const present = yield* presentVersion(sql, organizationId, audienceId)
  if (version > present) return yield* new VersionNotFound()
  const those = sql`
    WHERE v.organization_id = ${organizationId}::uuid AND v.audience_id = ${audienceId}::uuid AND v.version = ${version}::bigint`
  const rows = yield* sql`
    SELECT ${versionColumns(sql)} FROM audience_versions v ${those}
    UNION SELECT ${versionColumns(sql)} FROM audience_copies v ${those}`
  const [found] = yield* decodeVersions(rows)
  return found ?? (yield* new VersionNotRetained())
})

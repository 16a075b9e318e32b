import { AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { VersionNotRetained } from "@audiences/domain/AudienceVersion"
import type { OrganizationId } from "@audiences/domain/Organization"
import { type Block, decodeChange, emptyBlock, xor } from "@audiences/engine/memberships/Block"
import type { MemberPlace, MemberRequest } from "@audiences/engine/memberships/MemberPaging"
import { VersionUnknown } from "@audiences/engine/memberships/MembershipRepo"
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { blockWindow, readMemberPage } from "./MemberTravel.ts"

interface Listed {
  readonly organizationId: OrganizationId
  readonly audienceId: AudienceId
  readonly version: number
  /** The copy of the membership at the version or the next one after it; null: the present membership is nearer. */
  readonly copy: number | null
}

const decodeVersion = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ version: Schema.Finite })))
const decodeBlocks = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      block: Schema.Finite,
      bits: Schema.NullOr(Schema.Uint8Array),
      changes: Schema.Array(Schema.Uint8Array)
    })
  )
)

/** The next blocks, from a number on in the direction of travel, that have members now or changed since the version; as of the version. */
const blocksFrom = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  listed: Listed,
  from: number,
  backwards: boolean
) {
  const { organizationId, audienceId, copy, version } = listed
  const audience = sql`organization_id = ${organizationId}::uuid AND audience_id = ${audienceId}::uuid`
  const ahead = sql`block ${sql.literal(backwards ? "<=" : ">=")} ${from}::int`
  const direction = sql.literal(backwards ? "DESC" : "ASC")
  const known = sql.literal(copy === null ? "audience_blocks" : "audience_copy_blocks")
  const ofCopy = copy === null ? sql`true` : sql`version = ${copy}::bigint`
  const between = sql`version > ${version}::bigint AND ${copy === null ? sql`true` : sql`version <= ${copy}::bigint`}`
  const rows = yield* sql`
    WITH stored AS (SELECT block, bits FROM ${known} WHERE ${audience} AND ${ofCopy} AND ${ahead}),
    wanted AS (
      (SELECT block FROM stored ORDER BY block ${direction} LIMIT ${blockWindow})
      UNION SELECT block FROM audience_version_blocks WHERE ${audience} AND ${between} AND ${ahead}
      ORDER BY block ${direction} LIMIT ${blockWindow}
    )
    SELECT wanted.block, stored.bits, ARRAY(
      SELECT changed FROM audience_version_blocks later
      WHERE ${audience} AND ${between} AND later.block = wanted.block) AS changes
    FROM wanted LEFT JOIN stored ON stored.block = wanted.block
    ORDER BY wanted.block ${direction}`
  return (yield* decodeBlocks(rows)).map(({ block, bits, changes }) => ({
    number: block,
    members: changes.reduce<Block>((members, changed) => xor(members, decodeChange(changed)), bits ?? emptyBlock())
  }))
})

const decodeCopy = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ copy: Schema.NullOr(Schema.Finite), present: Schema.Finite })])
)

/** The blocks of an audience as of a version that is retained, however long ago it was. */
export const blocksAsOf = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId,
  version: number
) {
  const [{ copy, present }] = yield* decodeCopy(
    yield* sql`
    SELECT a.version::float8 AS present, (
      SELECT min(c.version)::float8 FROM audience_copies c
      WHERE c.organization_id = a.organization_id AND c.audience_id = a.id AND c.version >= ${version}::bigint) AS copy
    FROM audiences a WHERE a.organization_id = ${organizationId}::uuid AND a.id = ${audienceId}::uuid`
  )
  const listed: Listed = { organizationId, audienceId, version, copy: present === version ? null : copy }
  return (from: number, backwards: boolean) => blocksFrom(sql, listed, from, backwards)
})

/** Whether a past version can still be told: by what came after it, of which the oldest is forgotten first, or by a copy of it. */
const isKept = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId,
  version: number
) {
  const audience = sql`organization_id = ${organizationId}::uuid AND audience_id = ${audienceId}::uuid`
  const rows = yield* sql`
    SELECT 1 FROM audience_versions WHERE ${audience} AND version = ${version + 1}::bigint
    UNION ALL SELECT 1 FROM audience_copies WHERE ${audience} AND version = ${version}::bigint`
  return rows.length > 0
})

const openVersion = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId,
  from: MemberPlace | null
) {
  const rows = yield* sql`
    SELECT version::float8 FROM audiences WHERE organization_id = ${organizationId}::uuid AND id = ${audienceId}::uuid`
  const [current] = yield* decodeVersion(rows)
  if (current === undefined) return yield* new AudienceNotFound()
  const version = from?.version ?? current.version
  if (version > current.version) return yield* new VersionUnknown({ version })
  if (version < current.version && !(yield* isKept(sql, organizationId, audienceId, version))) {
    return yield* new VersionNotRetained()
  }
  return version
})

/** Reads one page of the members as of a version. To be called where every statement sees the same state of the database. */
export const readMembers = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId,
  request: MemberRequest
) {
  const version = yield* openVersion(sql, organizationId, audienceId, request.from)
  const blocks = yield* blocksAsOf(sql, organizationId, audienceId, version)
  return yield* readMemberPage(sql, { organizationId, version, blocksFrom: blocks }, request)
})

import { AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
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
  const { organizationId, audienceId, version } = listed
  const audience = sql`organization_id = ${organizationId}::uuid AND audience_id = ${audienceId}::uuid`
  const ahead = sql`block ${sql.literal(backwards ? "<=" : ">=")} ${from}::int`
  const direction = sql.literal(backwards ? "DESC" : "ASC")
  const rows = yield* sql`
    WITH wanted AS (
      (SELECT block FROM audience_blocks WHERE ${audience} AND ${ahead} ORDER BY block ${direction} LIMIT ${blockWindow})
      UNION SELECT block FROM audience_version_blocks WHERE ${audience} AND version > ${version}::bigint AND ${ahead}
      ORDER BY block ${direction} LIMIT ${blockWindow}
    )
    SELECT wanted.block, stored.bits, ARRAY(
      SELECT changed FROM audience_version_blocks later
      WHERE ${audience} AND later.version > ${version}::bigint AND later.block = wanted.block) AS changes
    FROM wanted LEFT JOIN audience_blocks stored ON ${audience} AND stored.block = wanted.block
    ORDER BY wanted.block ${direction}`
  return (yield* decodeBlocks(rows)).map(({ block, bits, changes }) => ({
    number: block,
    members: changes.reduce<Block>((members, changed) => xor(members, decodeChange(changed)), bits ?? emptyBlock())
  }))
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
  return version <= current.version ? version : yield* new VersionUnknown({ version })
})

/** Reads one page of the members as of a version. To be called where every statement sees the same state of the database. */
export const readMembers = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId,
  request: MemberRequest
) {
  const version = yield* openVersion(sql, organizationId, audienceId, request.from)
  const listed: Listed = { organizationId, audienceId, version }
  return yield* readMemberPage(
    sql,
    { organizationId, version, blocksFrom: (from, backwards) => blocksFrom(sql, listed, from, backwards) },
    request
  )
})

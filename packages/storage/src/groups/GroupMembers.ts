import { AudienceNotFound } from "@audiences/domain/Audience"
import { type AudienceGroupId, AudienceGroupNotFound } from "@audiences/domain/AudienceGroup"
import { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import { or } from "@audiences/engine/memberships/Block"
import type { MemberRequest } from "@audiences/engine/memberships/MemberPaging"
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { blockWindow, readMemberPage } from "../memberships/MemberTravel.ts"

const decodeAudiences = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ id: AudienceId, archived: Schema.Boolean }))
)
const decodeBlocks = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ block: Schema.Finite, bits: Schema.Array(Schema.Uint8Array) }))
)

/** The next blocks in which any of the audiences has members, with the members of all. */
const blocksFrom = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceIds: ReadonlyArray<AudienceId>,
  from: number,
  backwards: boolean
) {
  const rows = yield* sql`
    SELECT block, array_agg(bits) AS bits FROM audience_blocks
    WHERE organization_id = ${organizationId}::uuid AND audience_id = ANY(${audienceIds}::uuid[])
      AND block ${sql.literal(backwards ? "<=" : ">=")} ${from}::int
    GROUP BY block ORDER BY block ${sql.literal(backwards ? "DESC" : "ASC")} LIMIT ${blockWindow}`
  return (yield* decodeBlocks(rows)).map(({ bits, block }) => ({ number: block, members: bits.reduce(or) }))
})

/** Reads one page of a group's members. To be called where every statement sees the same state of the database. */
export const readGroupMembers = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  groupId: AudienceGroupId,
  audienceId: AudienceId | undefined,
  request: MemberRequest
) {
  const rows = yield* sql`
    SELECT id, archived FROM audiences WHERE organization_id = ${organizationId}::uuid AND group_id = ${groupId}::uuid`
  const audiences = yield* decodeAudiences(rows)
  if (audiences.length === 0) return yield* new AudienceGroupNotFound()
  const wanted = audienceId?.toLowerCase()
  if (wanted !== undefined && !audiences.some(({ id }) => id === wanted)) return yield* new AudienceNotFound()
  const ids = audiences.flatMap(({ archived, id }) => ((wanted === undefined ? !archived : id === wanted) ? [id] : []))
  return yield* readMemberPage(
    sql,
    {
      organizationId,
      version: 0,
      blocksFrom: (from, backwards) => blocksFrom(sql, organizationId, ids, from, backwards)
    },
    request
  )
})

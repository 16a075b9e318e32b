import { AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { ConsumerFull } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import {
  type Block,
  blockOf,
  blockSize,
  decodeChange,
  emptyBlock,
  nextMember,
  offsetOf,
  previousMember,
  xor
} from "@audiences/engine/memberships/Block"
import type { MemberPlace, MemberRequest } from "@audiences/engine/memberships/MemberPaging"
import { type MemberSlice, VersionUnknown } from "@audiences/engine/memberships/MembershipRepo"
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { consumersByOrdinals } from "../consumers/FullConsumers.ts"

interface Listed {
  readonly organizationId: OrganizationId
  readonly audienceId: AudienceId
  readonly version: number
}

/** Blocks that are read at once. */
const window = 8

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
const decodeLive = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ ordinal: Schema.Finite })))

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
      (SELECT block FROM audience_blocks WHERE ${audience} AND ${ahead} ORDER BY block ${direction} LIMIT ${window})
      UNION SELECT block FROM audience_version_blocks WHERE ${audience} AND version > ${version}::bigint AND ${ahead}
      ORDER BY block ${direction} LIMIT ${window}
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

/** Ordinals of members at `from` or beyond it in the direction of travel, at most `size`; consumers archived since are left out. */
const travel = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  listed: Listed,
  from: number,
  backwards: boolean,
  size: number
) {
  const found: Array<number> = []
  let candidates: Array<number> = []
  const keepLive = Effect.fnUntraced(function* () {
    const rows = yield* sql`
      SELECT ordinal FROM consumers
      WHERE organization_id = ${listed.organizationId}::uuid AND NOT archived AND ordinal = ANY(${candidates}::int[])
      ORDER BY ordinal ${sql.literal(backwards ? "DESC" : "ASC")}`
    found.push(...(yield* decodeLive(rows)).map(({ ordinal }) => ordinal))
    candidates = []
  })
  const step = backwards ? -1 : 1
  const member = backwards ? previousMember : nextMember
  let block = blockOf(from)
  while (block >= 0) {
    const blocks = yield* blocksFrom(sql, listed, block, backwards)
    for (const { number, members } of blocks) {
      let offset = number === blockOf(from) ? offsetOf(from) : backwards ? blockSize - 1 : 0
      while ((offset = member(members, offset)) !== -1) {
        candidates.push(number * blockSize + offset)
        offset += step
        if (found.length + candidates.length < size) continue
        yield* keepLive()
        if (found.length >= size) return found
      }
    }
    const last = blocks[blocks.length - 1]
    block = blocks.length < window || last === undefined ? -1 : last.number + step
  }
  if (candidates.length > 0) yield* keepLive()
  return found
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

/** Beyond every ordinal. */
const end = 2 ** 31

/** Reads one page of the members as of a version. To be called where every statement sees the same state of the database. */
export const readMembers = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId,
  { backwards, from, size }: MemberRequest
) {
  const version = yield* openVersion(sql, organizationId, audienceId, from)
  const listed: Listed = { organizationId, audienceId, version }
  const origin = from === null ? null : Math.min(from.ordinal, end)
  // Where the journey begins, and, if nobody lies ahead, where the way back does: it meets the member at the origin.
  const first = origin === null ? (backwards ? end : 0) : Math.max(-1, origin + (backwards ? -1 : 1))
  // One more than asked for tells whether somebody follows in the direction of travel.
  const found = yield* travel(sql, listed, first, backwards, size + 1)
  const behind =
    origin === null ? [] : yield* travel(sql, listed, backwards ? Math.max(0, origin) : origin, !backwards, 1)
  const page = found.slice(0, size)
  if (backwards) page.reverse()

  const place = (ordinal: number): MemberPlace => ({ version, ordinal })
  const [ahead, back] = [found.length > size, behind.length > 0]
  const data: ReadonlyArray<ConsumerFull> = yield* consumersByOrdinals(sql, organizationId, page)
  const slice: MemberSlice = {
    data,
    start: (backwards ? ahead : back) ? place(page[0] ?? first) : null,
    end: (backwards ? back : ahead) ? place(page[page.length - 1] ?? first) : null
  }
  return slice
})

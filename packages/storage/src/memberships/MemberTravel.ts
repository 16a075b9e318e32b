import type { ConsumerFull } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import {
  type Block,
  blockOf,
  blockSize,
  nextMember,
  offsetOf,
  previousMember
} from "@audiences/engine/memberships/Block"
import type { MemberPlace, MemberRequest } from "@audiences/engine/memberships/MemberPaging"
import type { MemberSlice } from "@audiences/engine/memberships/MembershipRepo"
import { Effect, Schema } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { consumersByOrdinals } from "../consumers/FullConsumers.ts"

/** Blocks that are read at once. */
export const blockWindow = 8

/** Members in the order of their ordinals, block by block. */
export interface MemberSource {
  readonly organizationId: OrganizationId
  /** What cursors pin. */
  readonly version: number
  /** Consumers who are archived are listed, too. */
  readonly archivedToo?: true
  /** At most `blockWindow` blocks with members, from a number on in the direction of travel; fewer: no more follow. */
  readonly blocksFrom: (
    from: number,
    backwards: boolean
  ) => Effect.Effect<
    ReadonlyArray<{ readonly number: number; readonly members: Block }>,
    SqlError.SqlError | Schema.SchemaError
  >
}

const decodeLive = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ ordinal: Schema.Finite })))

/** Ordinals of members at `from` or beyond it in the direction of travel, at most `size`. */
const travel = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  source: MemberSource,
  from: number,
  backwards: boolean,
  size: number
) {
  const found: Array<number> = []
  let candidates: Array<number> = []
  const keepLive = Effect.fnUntraced(function* () {
    const rows = yield* sql`
      SELECT ordinal FROM consumers
      WHERE organization_id = ${source.organizationId}::uuid AND ${source.archivedToo ? sql`true` : sql`NOT archived`} AND ordinal = ANY(${candidates}::int[])
      ORDER BY ordinal ${sql.literal(backwards ? "DESC" : "ASC")}`
    found.push(...(yield* decodeLive(rows)).map(({ ordinal }) => ordinal))
    candidates = []
  })
  const step = backwards ? -1 : 1
  const member = backwards ? previousMember : nextMember
  let block = blockOf(from)
  while (block >= 0) {
    const blocks = yield* source.blocksFrom(block, backwards)
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
    block = blocks.length < blockWindow || last === undefined ? -1 : last.number + step
  }
  if (candidates.length > 0) yield* keepLive()
  return found
})

/** Beyond every ordinal. */
const end = 2 ** 31

/** Reads one page of members. To be called where every statement sees the same state of the database. */
export const readMemberPage = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  source: MemberSource,
  { backwards, from, size }: MemberRequest
) {
  const origin = from === null ? null : Math.min(from.ordinal, end)
  // Where the journey begins, and, if nobody lies ahead, where the way back does: it meets the member at the origin.
  const first = origin === null ? (backwards ? end : 0) : Math.max(-1, origin + (backwards ? -1 : 1))
  // One more than asked for tells whether somebody follows in the direction of travel.
  const found = yield* travel(sql, source, first, backwards, size + 1)
  const behind =
    origin === null ? [] : yield* travel(sql, source, backwards ? Math.max(0, origin) : origin, !backwards, 1)
  const page = found.slice(0, size)
  if (backwards) page.reverse()

  const place = (ordinal: number): MemberPlace => ({ version: source.version, ordinal })
  const [ahead, back] = [found.length > size, behind.length > 0]
  const data: ReadonlyArray<ConsumerFull> = yield* consumersByOrdinals(sql, source.organizationId, page)
  const slice: MemberSlice = {
    data,
    start: (backwards ? ahead : back) ? place(page[0] ?? first) : null,
    end: (backwards ? back : ahead) ? place(page[page.length - 1] ?? first) : null
  }
  return slice
})

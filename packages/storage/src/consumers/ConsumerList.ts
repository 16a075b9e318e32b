import { AudienceId } from "@audiences/domain/AudienceId"
import type { ConsumerSort } from "@audiences/domain/Consumer"
import { fold } from "@audiences/domain/Fold"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { ConsumerFilter } from "@audiences/engine/consumers/ConsumerRepo"
import type { PageRequest } from "@audiences/engine/pages/Paging"
import { blockSize, offsetsOf } from "@audiences/engine/memberships/Block"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { type KeysetQuery, readSlice, type SortKey } from "../pages/Keyset.ts"
import { readBlocks } from "../memberships/StoredBlocks.ts"
import { consumerColumns, ConsumerRow } from "./ConsumerRow.ts"

const sortKey = (sql: SqlClient.SqlClient, sort: ConsumerSort): SortKey => {
  switch (sort) {
    case "createdAt":
      return { expression: sql`c.created_at`, kind: "instant", nullable: false }
    case "email":
      return { expression: sql`c.email_folded`, kind: "text", nullable: true, unique: true }
    case "fullName":
      // Names have no greatest length, cursors do: names that agree so far are ordered by id.
      return { expression: sql`left(c.full_name_folded, 255)`, kind: "text", nullable: true }
    case "lastOrderAt":
      return { expression: sql`c.last_order_at`, kind: "instant", nullable: true }
    case "ltv":
      return { expression: sql`c.ltv`, kind: "money", nullable: false }
    case "totalOrders":
      return { expression: sql`c.total_orders`, kind: "number", nullable: false }
  }
}

/** The beginning of a phone number, however it is punctuated. */
const phonePrefix = (search: string): string | undefined => /^\+?(\d+)$/.exec(search.replace(/[\s().-]/g, ""))?.[1]

const matching = (sql: SqlClient.SqlClient, search: string) => {
  const folded = fold(search)
  const texts = ["email_folded", "full_name_folded", "primary_external_id_folded"].map(
    (column) => sql`strpos(c.${sql.literal(column)}, ${folded}::text COLLATE "C") > 0`
  )
  const digits = phonePrefix(search)
  return sql.or(digits === undefined ? texts : [...texts, sql`starts_with(c.phone, ${`+${digits}`}::text)`])
}

/** Members of an audience up to which a list is made of them, rather than of everybody with a look at each. */
const fewMembers = 10_000

const decodeCount = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ memberCount: Schema.Finite })))

/** The consumers of an audience: by their ordinals where they are few, else by their bits. An audience that does not exist has none. */
const membersOf = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: string
) {
  const audience = sql`organization_id = ${organizationId}::uuid AND audience_id = ${audienceId}::uuid`
  const [{ memberCount } = { memberCount: 0 }] = yield* decodeCount(
    yield* sql`
    SELECT member_count::float8 FROM audiences WHERE organization_id = ${organizationId}::uuid AND id = ${audienceId}::uuid`
  )
  if (memberCount <= fewMembers) {
    const blocks = yield* readBlocks(sql, organizationId, AudienceId.make(audienceId), "all")
    const ordinals = Array.from(blocks, ([number, block]) =>
      offsetsOf(block).map((offset) => number * blockSize + offset)
    )
    return { from: sql`consumers c`, where: sql`c.ordinal = ANY(${ordinals.flat()}::int[])` }
  }
  // Copied once, so that a block is not fetched and decompressed for every consumer in it.
  return {
    from: sql`
      consumers c JOIN (SELECT block, bits || ''::bytea AS bits FROM audience_blocks WHERE ${audience} OFFSET 0) b
      ON b.block = c.ordinal >> 16`,
    where: sql`get_bit(b.bits, (c.ordinal & 65535)::bigint) = 1`
  }
})

/** The list of consumers that a filter shows. */
export const listConsumers = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  filter: ConsumerFilter,
  request: PageRequest<ConsumerSort>
) {
  const { archived = false, audienceId, createdAfter, createdBefore, search } = filter
  const conditions: Array<Statement.Fragment> = [
    sql`c.organization_id = ${organizationId}::uuid`,
    archived ? sql`c.archived` : sql`NOT c.archived`
  ]
  if (createdAfter !== undefined)
    conditions.push(sql`c.created_at > ${DateTime.formatIso(createdAfter)}::text::timestamptz`)
  if (createdBefore !== undefined)
    conditions.push(sql`c.created_at < ${DateTime.formatIso(createdBefore)}::text::timestamptz`)
  if (search !== undefined) conditions.push(matching(sql, search))
  const members = audienceId === undefined ? undefined : yield* membersOf(sql, organizationId, audienceId)
  if (members !== undefined) conditions.push(members.where)
  const query: KeysetQuery<typeof ConsumerRow> = {
    columns: consumerColumns(sql),
    from: members?.from ?? sql`consumers c`,
    where: sql.and(conditions),
    key: sortKey(sql, request.sortBy),
    id: sql`c.id`,
    row: ConsumerRow
  }
  return yield* readSlice(sql, query, request)
}, Effect.orDie)

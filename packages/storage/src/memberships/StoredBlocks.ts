import { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Block } from "@audiences/engine/memberships/Block"
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"

const decode = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ block: Schema.Finite, bits: Schema.Uint8Array }))
)

/** The blocks of an audience that have members: all, or those of the numbers. */
export const readBlocks = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId,
  numbers: Iterable<number> | "all"
) {
  const rows = yield* sql`
    SELECT block, bits FROM audience_blocks
    WHERE organization_id = ${organizationId}::uuid AND audience_id = ${audienceId}::uuid
      AND ${numbers === "all" ? sql`true` : sql`block = ANY(${[...numbers]}::int[])`}`
  return new Map<number, Block>((yield* Effect.orDie(decode(rows))).map(({ block, bits }) => [block, bits]))
})

/** Blocks of some audiences, by number. */
export interface BlockKey {
  readonly audienceId: AudienceId
  readonly block: number
}

const decodeMany = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ audienceId: AudienceId, block: Schema.Finite, bits: Schema.Uint8Array }))
)

/** Those of the blocks that have members, by audience and number. */
export const readBlocksOf = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  keys: ReadonlyArray<BlockKey>
) {
  const audiences = new Map<AudienceId, Map<number, Block>>()
  if (keys.length === 0) return audiences
  const rows = yield* sql`
    SELECT b.audience_id, b.block, b.bits
    FROM unnest(${keys.map(({ audienceId }) => audienceId)}::uuid[], ${keys.map(({ block }) => block)}::int[]) AS k (audience_id, block)
    JOIN audience_blocks b ON b.organization_id = ${organizationId}::uuid AND b.audience_id = k.audience_id AND b.block = k.block`
  for (const { audienceId, block, bits } of yield* Effect.orDie(decodeMany(rows))) {
    const blocks = audiences.get(audienceId)
    if (blocks === undefined) audiences.set(audienceId, new Map([[block, bits]]))
    else blocks.set(block, bits)
  }
  return audiences
})

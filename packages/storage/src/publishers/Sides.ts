import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import { blockOf, offsetOf, test } from "@audiences/engine/memberships/Block"
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { type BlockKey, readBlocksOf } from "../memberships/StoredBlocks.ts"

/** Consumers whose membership of each of some audiences is in question, by their ordinals. */
export interface Question {
  readonly audiences: ReadonlyArray<AudienceId>
  readonly ordinals: ReadonlyArray<number>
}

/** Whether a consumer is in an audience, as it is stored; only of what was asked. */
export type Side = (audienceId: AudienceId, ordinal: number) => boolean

/** From so many consumers of a block on, the whole block is cheaper to read than its bits one by one. */
const dense = 100

const decode = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ audience: Schema.Finite, ordinal: Schema.Finite }))
)

/** The members among single consumers: each block is unpacked once, for all who are asked of it. */
const readSingles = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audiences: ReadonlyArray<AudienceId>,
  pairs: ReadonlyArray<readonly [audience: number, ordinal: number]>
) {
  if (pairs.length === 0) return []
  const rows = yield* sql`
    SELECT q.audience, o.ordinal
    FROM (
      SELECT p.audience, p.ordinal >> 16 AS block, array_agg(p.ordinal) AS ordinals
      FROM unnest(${pairs.map(([audience]) => audience)}::int[], ${pairs.map(([, ordinal]) => ordinal)}::int[]) AS p (audience, ordinal)
      GROUP BY 1, 2
    ) AS q
    JOIN audience_blocks b ON b.organization_id = ${organizationId}::uuid AND b.block = q.block
      AND b.audience_id = (${audiences}::uuid[])[q.audience + 1]
    CROSS JOIN LATERAL (SELECT b.bits || ''::bytea AS bits OFFSET 0) AS unpacked
    CROSS JOIN LATERAL unnest(q.ordinals) AS o (ordinal)
    WHERE get_bit(unpacked.bits, o.ordinal & 65535) = 1`
  return yield* Effect.orDie(decode(rows))
})

/** Ordinals have 31 bits: one number for both. */
const pairOf = (audience: number, ordinal: number): number => audience * 2 ** 31 + ordinal

export const readSides = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  questions: ReadonlyArray<Question>
) {
  const places = new Map<AudienceId, number>()
  const whole = new Map<string, BlockKey>()
  const pairs: Array<readonly [number, number]> = []
  for (const { audiences, ordinals } of questions) {
    for (const id of audiences) if (!places.has(id)) places.set(id, places.size)
    for (const [block, those] of Map.groupBy(ordinals, blockOf)) {
      for (const audienceId of audiences) {
        if (those.length >= dense) whole.set(`${audienceId} ${block}`, { audienceId, block })
        else for (const ordinal of those) pairs.push([places.get(audienceId)!, ordinal])
      }
    }
  }
  const blocks = yield* readBlocksOf(sql, organizationId, [...whole.values()])
  const ids = [...places.keys()]
  const members = new Set<number>()
  for (const { audience, ordinal } of yield* readSingles(sql, organizationId, ids, pairs)) {
    members.add(pairOf(audience, ordinal))
  }
  const side: Side = (audienceId, ordinal) => {
    const bits = blocks.get(audienceId)?.get(blockOf(ordinal))
    return bits === undefined ? members.has(pairOf(places.get(audienceId)!, ordinal)) : test(bits, offsetOf(ordinal))
  }
  return side
})

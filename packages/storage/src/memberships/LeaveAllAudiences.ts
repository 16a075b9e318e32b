import { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import { and, blocksOfOrdinals, popcount } from "@audiences/engine/memberships/Block"
import { type DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { publishVersions, type Version } from "./Publication.ts"
import { readBlocksOf } from "./StoredBlocks.ts"

const decodeKeys = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ audienceId: AudienceId, block: Schema.Finite }))
)

export interface Leaving {
  readonly organizationId: OrganizationId
  /** Of consumers that the transaction has archived. */
  readonly ordinals: ReadonlyArray<number>
  /** Where other ways of leaving lead: its membership is left alone. Null: nowhere. */
  readonly except: AudienceId | null
  readonly cause: string
  readonly now: DateTime.Utc
}

/**
 * Locks, by their ids, the audience `except` and every audience that `leaveAllAudiences` may write: as `removeFromAllAudiences`, the
 * live DYNAMIC ones too that nobody of them is in.
 */
export const lockAudiencesOf = (
  sql: SqlClient.SqlClient,
  { except, ordinals, organizationId }: Pick<Leaving, "except" | "ordinals" | "organizationId">
) =>
  sql`
    SELECT id FROM audiences a
    WHERE organization_id = ${organizationId}::uuid AND (id = ${except}::uuid OR (${ordinals.length > 0} AND (
      (type = 'DYNAMIC' AND NOT archived) OR EXISTS (
        SELECT 1 FROM audience_blocks b
        WHERE b.organization_id = a.organization_id AND b.audience_id = a.id
          AND b.block = ANY(${[...blocksOfOrdinals(ordinals).keys()]}::int[])))))
    ORDER BY id FOR NO KEY UPDATE`

/**
 * Takes archived consumers out of every audience but one, which the transaction has all locked: one version each. Chosen members too.
 * The change feed is the caller's, and comes after.
 */
export const leaveAllAudiences = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { cause, except, now, ordinals, organizationId }: Leaving
) {
  if (ordinals.length === 0) return
  const leaving = blocksOfOrdinals(ordinals)
  const keys = yield* sql`
    SELECT audience_id, block FROM audience_blocks
    WHERE organization_id = ${organizationId}::uuid AND audience_id IS DISTINCT FROM ${except}::uuid AND block = ANY(${[...leaving.keys()]}::int[])`
  const stored = yield* readBlocksOf(sql, organizationId, yield* Effect.orDie(decodeKeys(keys)))
  const versions = [...stored].flatMap(([audienceId, blocks]): ReadonlyArray<Version> => {
    const flips = new Map(
      [...blocks].flatMap(([block, bits]) => {
        const flip = and(bits, leaving.get(block)!)
        return popcount(flip) === 0 ? [] : [[block, flip] as const]
      })
    )
    return flips.size === 0 ? [] : [{ audienceId, cause, stored: blocks, flips }]
  })
  yield* sql`
    DELETE FROM static_members
    WHERE organization_id = ${organizationId}::uuid AND audience_id = ANY(${versions.map(({ audienceId }) => audienceId)}::uuid[])
      AND ordinal = ANY(${ordinals}::int[])`
  yield* publishVersions(sql, organizationId, now, versions)
})

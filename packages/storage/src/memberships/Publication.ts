import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import { and, type Block, emptyBlock, encodeChange, popcount, xor } from "@audiences/engine/memberships/Block"
import { DateTime, Effect } from "effect"
import type { SqlClient } from "effect/sql"

export interface Publication {
  readonly organizationId: OrganizationId
  readonly audienceId: AudienceId
  /** Why the membership changed: rules, refresh, archive, or where chosen members came from. */
  readonly cause: string
  readonly now: DateTime.Utc
}

/** The blocks in which two memberships differ, and who changes sides in them. */
export const differences = (
  before: ReadonlyMap<number, Block>,
  after: ReadonlyMap<number, Block>
): Map<number, Block> => {
  const flips = new Map<number, Block>()
  for (const number of new Set([...before.keys(), ...after.keys()])) {
    const flip = xor(before.get(number) ?? emptyBlock(), after.get(number) ?? emptyBlock())
    if (popcount(flip) > 0) flips.set(number, flip)
  }
  return flips
}

const changeOf = (block: number, before: Block, flip: Block) => {
  const after = xor(before, flip)
  const leaving = popcount(and(before, flip))
  return {
    block,
    bits: after,
    members: popcount(after),
    changed: encodeChange(flip),
    entering: popcount(flip) - leaving,
    leaving
  }
}

const sum = (numbers: ReadonlyArray<number>) => numbers.reduce((total, each) => total + each, 0)

/**
 * Publishes one version, in which those in `flips` change sides; without any, a version that says so. `stored` holds at least the
 * stored blocks that are in `flips`. The audience must be locked.
 */
export const publishVersion = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { organizationId, audienceId, cause, now }: Publication,
  stored: ReadonlyMap<number, Block>,
  flips: ReadonlyMap<number, Block>
) {
  const changes = Array.from(flips, ([number, flip]) => changeOf(number, stored.get(number) ?? emptyBlock(), flip))
  const entered = sum(changes.map(({ entering }) => entering))
  const left = sum(changes.map(({ leaving }) => leaving))
  yield* sql`
    WITH published AS (
      UPDATE audiences SET version = version + 1, member_count = member_count + ${entered - left}::int
      WHERE organization_id = ${organizationId}::uuid AND id = ${audienceId}::uuid
      RETURNING organization_id, id, version, member_count
    )
    INSERT INTO audience_versions (organization_id, audience_id, version, cause, entered_count, left_count, member_count, published_at)
    SELECT organization_id, id, version, ${cause}, ${entered}::int, ${left}::int, member_count, ${DateTime.formatIso(now)}::text::timestamptz
    FROM published`
  if (changes.length === 0) return
  yield* sql`
    INSERT INTO audience_version_blocks (organization_id, audience_id, version, block, changed)
    SELECT a.organization_id, a.id, a.version, c.block, c.changed
    FROM audiences a, unnest(${changes.map(({ block }) => block)}::int[], ${changes.map(({ changed }) => changed)}::bytea[]) AS c (block, changed)
    WHERE a.organization_id = ${organizationId}::uuid AND a.id = ${audienceId}::uuid`
  const kept = changes.filter(({ members }) => members > 0)
  if (kept.length > 0) {
    yield* sql`
      INSERT INTO audience_blocks (organization_id, audience_id, block, bits, member_count)
      SELECT ${organizationId}::uuid, ${audienceId}::uuid, c.block, c.bits, c.members
      FROM unnest(${kept.map(({ block }) => block)}::int[], ${kept.map(({ bits }) => bits)}::bytea[], ${kept.map(({ members }) => members)}::int[])
        AS c (block, bits, members)
      ON CONFLICT (organization_id, audience_id, block) DO UPDATE SET bits = EXCLUDED.bits, member_count = EXCLUDED.member_count`
  }
  const emptied = changes.filter(({ members }) => members === 0).map(({ block }) => block)
  if (emptied.length > 0) {
    yield* sql`
      DELETE FROM audience_blocks
      WHERE organization_id = ${organizationId}::uuid AND audience_id = ${audienceId}::uuid AND block = ANY(${emptied}::int[])`
  }
})

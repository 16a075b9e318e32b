import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import { and, type Block, emptyBlock, encodeChange, popcount, xor } from "@audiences/engine/memberships/Block"
import { DateTime, Effect } from "effect"
import type { SqlClient } from "effect/sql"

export interface Publication {
  readonly organizationId: OrganizationId
  readonly audienceId: AudienceId
  /** Why the membership changed: rules, refresh, write, time, archive, or where chosen members came from. */
  readonly cause: string
  readonly now: DateTime.Utc
}

/** A version to publish, in which those in `flips` change sides; without any, a version that says so. */
export interface Version {
  readonly audienceId: AudienceId
  readonly cause: string
  /** At least the stored blocks that are in `flips`. */
  readonly stored: ReadonlyMap<number, Block>
  readonly flips: ReadonlyMap<number, Block>
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

const changeOf = (audienceId: AudienceId, block: number, before: Block, flip: Block) => {
  const after = xor(before, flip)
  const leaving = popcount(and(before, flip))
  return {
    audienceId,
    block,
    bits: after,
    members: popcount(after),
    changed: encodeChange(flip),
    entering: popcount(flip) - leaving,
    leaving
  }
}

type Change = ReturnType<typeof changeOf>

const sum = (numbers: ReadonlyArray<number>) => numbers.reduce((total, each) => total + each, 0)

const countVersions = (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  now: DateTime.Utc,
  versions: ReadonlyArray<{ readonly version: Version; readonly changes: ReadonlyArray<Change> }>
) => {
  const entered = versions.map(({ changes }) => sum(changes.map(({ entering }) => entering)))
  const left = versions.map(({ changes }) => sum(changes.map(({ leaving }) => leaving)))
  return sql`
    WITH counted AS (
      SELECT * FROM unnest(${versions.map(({ version }) => version.audienceId)}::uuid[], ${versions.map(({ version }) => version.cause)}::text[], ${entered}::int[], ${left}::int[])
        AS v (audience_id, cause, entered, "left")
    ), published AS (
      UPDATE audiences a SET version = a.version + 1, member_count = a.member_count + v.entered - v."left" FROM counted v
      WHERE a.organization_id = ${organizationId}::uuid AND a.id = v.audience_id
      RETURNING a.id, a.version, v.cause, v.entered, v."left", a.member_count
    )
    INSERT INTO audience_versions (organization_id, audience_id, version, cause, entered_count, left_count, member_count, published_at)
    SELECT ${organizationId}::uuid, id, version, cause, entered, "left", member_count, ${DateTime.formatIso(now)}::text::timestamptz
    FROM published`
}

const writeBlocks = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  changes: ReadonlyArray<Change>
) {
  const keys = (those: ReadonlyArray<Change>) =>
    sql`${those.map(({ audienceId }) => audienceId)}::uuid[], ${those.map(({ block }) => block)}::int[]`
  yield* sql`
    INSERT INTO audience_version_blocks (organization_id, audience_id, version, block, changed)
    SELECT a.organization_id, a.id, a.version, c.block, c.changed
    FROM unnest(${keys(changes)}, ${changes.map(({ changed }) => changed)}::bytea[]) AS c (audience_id, block, changed)
    JOIN audiences a ON a.organization_id = ${organizationId}::uuid AND a.id = c.audience_id`
  const kept = changes.filter(({ members }) => members > 0)
  if (kept.length > 0) {
    yield* sql`
      INSERT INTO audience_blocks (organization_id, audience_id, block, bits, member_count)
      SELECT ${organizationId}::uuid, c.audience_id, c.block, c.bits, c.members
      FROM unnest(${keys(kept)}, ${kept.map(({ bits }) => bits)}::bytea[], ${kept.map(({ members }) => members)}::int[])
        AS c (audience_id, block, bits, members)
      ON CONFLICT (organization_id, audience_id, block) DO UPDATE SET bits = EXCLUDED.bits, member_count = EXCLUDED.member_count`
  }
  const emptied = changes.filter(({ members }) => members === 0)
  if (emptied.length > 0) {
    yield* sql`
      DELETE FROM audience_blocks b USING unnest(${keys(emptied)}) AS c (audience_id, block)
      WHERE b.organization_id = ${organizationId}::uuid AND b.audience_id = c.audience_id AND b.block = c.block`
  }
})

/** Publishes a version of each of some audiences, which must be locked; no audience twice. */
export const publishVersions = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  now: DateTime.Utc,
  versions: ReadonlyArray<Version>
) {
  if (versions.length === 0) return
  const changed = versions.map((version) => ({
    version,
    changes: Array.from(version.flips, ([number, flip]) =>
      changeOf(version.audienceId, number, version.stored.get(number) ?? emptyBlock(), flip)
    )
  }))
  yield* countVersions(sql, organizationId, now, changed)
  const changes = changed.flatMap((each) => each.changes)
  if (changes.length > 0) yield* writeBlocks(sql, organizationId, changes)
})

/** Publishes one version of an audience, which must be locked. */
export const publishVersion = (
  sql: SqlClient.SqlClient,
  { organizationId, audienceId, cause, now }: Publication,
  stored: ReadonlyMap<number, Block>,
  flips: ReadonlyMap<number, Block>
) => publishVersions(sql, organizationId, now, [{ audienceId, cause, stored, flips }])

import { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import { blocksOfOrdinals } from "@audiences/engine/memberships/Block"
import type { Followed } from "@audiences/engine/publishers/PublisherRepo"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { publishVersions } from "../memberships/Publication.ts"
import { readBlocksOf } from "../memberships/StoredBlocks.ts"
import { readNextFlip } from "./Boundaries.ts"
import { type Flips, readFlips } from "./Flips.ts"
import { type CompiledAudiences, readFollowed } from "./FollowedAudiences.ts"
import { releaseFollowed, takePublication } from "./PublicationLock.ts"
import { readTouched } from "./Touched.ts"

const decodeIds = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ id: AudienceId })))
const decodeOrdinals = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ ordinal: Schema.Finite })))

/** Locks the audiences whose rules are still those that were asked. */
const lockAudiences = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  flips: ReadonlyArray<Flips>
) {
  const rows = yield* sql`
    SELECT a.id FROM audiences a
    JOIN unnest(${flips.map(({ audience }) => audience.id)}::uuid[], ${flips.map(({ audience }) => audience.revision)}::bigint[])
      AS asked (id, revision) ON a.id = asked.id AND a.rules_revision = asked.revision
    WHERE a.organization_id = ${organizationId}::uuid AND NOT a.archived
    ORDER BY a.id FOR NO KEY UPDATE OF a`
  return new Set((yield* Effect.orDie(decodeIds(rows))).map(({ id }) => id))
})

/** Whoever archives a consumer has locked every live DYNAMIC audience and taken the consumer out: nobody flips any more. */
const readArchived = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  flips: ReadonlyArray<Flips>
) {
  const rows = yield* sql`
    SELECT ordinal FROM consumers
    WHERE organization_id = ${organizationId}::uuid AND archived AND ordinal = ANY(${[...new Set(flips.flatMap(({ ordinals }) => ordinals))]}::int[])`
  return new Set((yield* Effect.orDie(decodeOrdinals(rows))).map(({ ordinal }) => ordinal))
})

/** Publishes the flips that still are some, one version per audience. Returns how many versions. */
const publishFlips = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  now: DateTime.Utc,
  flips: ReadonlyArray<Flips>
) {
  if (flips.length === 0) return 0
  const locked = yield* lockAudiences(sql, organizationId, flips)
  const archived = yield* readArchived(sql, organizationId, flips)
  const versions = flips.flatMap(({ audience: { id }, cause, ordinals }) => {
    const those = ordinals.filter((ordinal) => !archived.has(ordinal))
    return locked.has(id) && those.length > 0 ? [{ audienceId: id, cause, flips: blocksOfOrdinals(those) }] : []
  })
  const keys = versions.flatMap(({ audienceId, flips }) => Array.from(flips.keys(), (block) => ({ audienceId, block })))
  const stored = yield* readBlocksOf(sql, organizationId, keys)
  yield* publishVersions(
    sql,
    organizationId,
    now,
    versions.map((version) => ({ ...version, stored: stored.get(version.audienceId) ?? new Map() }))
  )
  return versions.length
})

/**
 * As `PublisherRepo.follow`, in a transaction. Everything is asked at one instant, never earlier than any before: then each consumer's
 * bits are right unless a later change or a boundary still to be passed will have them asked again.
 */
export const follow = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  compiled: CompiledAudiences,
  organizationId: OrganizationId,
  holder: string,
  now: DateTime.Utc
) {
  const taken = yield* takePublication(sql, organizationId, holder)
  if (taken === undefined) return { announces: false, behind: false }
  const audiences = yield* readFollowed(sql, organizationId, compiled)
  const touched = yield* readTouched(sql, organizationId, audiences, {
    position: taken.followedPosition,
    until: taken.followedUntil,
    now: DateTime.max(now, taken.followedUntil)
  })
  const flips = yield* readFlips(sql, organizationId, audiences, touched)
  const published = yield* publishFlips(sql, organizationId, touched.until, flips)
  const boundaries = new Map(audiences.flatMap((audience) => [...audience.boundaries]))
  yield* releaseFollowed(sql, organizationId, {
    position: touched.position,
    until: touched.until,
    nextFlipAt: yield* readNextFlip(sql, organizationId, boundaries, touched.until)
  })
  const followed: Followed = { announces: published > 0 || touched.written, behind: touched.behind }
  return followed
})

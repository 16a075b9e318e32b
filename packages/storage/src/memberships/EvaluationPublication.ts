import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import { emptyBlock, overlay } from "@audiences/engine/memberships/Block"
import type {
  EvaluationToPublish,
  PublicationOutcome,
  SegmentToPublish
} from "@audiences/engine/memberships/MembershipRepo"
import { boundariesOf, boundaryKey } from "@audiences/engine/rules/ConditionFields"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { readNextFlip, readPassers } from "../publishers/Boundaries.ts"
import { expectFlip, lockPublication } from "../publishers/PublicationLock.ts"
import { reevaluate } from "./Evaluation.ts"
import { differences, publishVersion } from "./Publication.ts"
import { readBlocks } from "./StoredBlocks.ts"

const decode = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      revision: Schema.Finite,
      evaluatedRevision: Schema.NullOr(Schema.Finite),
      isWaiting: Schema.Boolean
    })
  )
)

type Locked = Effect.Success<ReturnType<typeof decode>>[number]

/** Locks the audience if its rules are those that were evaluated; and whether it waits for this refresh. */
const lockEvaluated = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId,
  { requested, revision }: EvaluationToPublish
) {
  const rows = yield* sql`
    SELECT rules_revision::float8 AS revision, evaluated_revision::float8, refreshes_completed < ${requested}::bigint AS is_waiting
    FROM audiences
    WHERE organization_id = ${organizationId}::uuid AND id = ${audienceId}::uuid
      AND NOT archived AND rules_revision = ${revision}::bigint AND refreshes_completed <= ${requested}::bigint
    FOR NO KEY UPDATE`
  return (yield* Effect.orDie(decode(rows)))[0]
})

const decodeFound = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ found: Schema.Boolean })))

/** Whether the feed still has everything behind a position: changes are kept for a day at least. */
const isKept = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  position: number
) {
  const rows = yield* sql`
    SELECT coalesce(min(position) = ${position + 1}::bigint, true) AS found FROM (
      SELECT position FROM changes WHERE organization_id = ${organizationId}::uuid AND position > ${position}::bigint
      ORDER BY position LIMIT 1) AS next`
  return (yield* Effect.orDie(decodeFound(rows)))[0]!.found
})

/** Publishes the evaluation of an audience that is locked, brought up to at least what is followed, changes and time. */
const publishLocked = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId,
  { condition, evaluation, requested, ...evaluated }: EvaluationToPublish,
  audience: Locked,
  followedUntil: DateTime.Utc
) {
  const now = DateTime.max(evaluated.now, followedUntil)
  const boundaries = new Map(boundariesOf(condition).map((each) => [boundaryKey(each), each]))
  const window = { from: DateTime.toEpochMillis(evaluated.now), to: DateTime.toEpochMillis(now) }
  const passers = yield* readPassers(sql, organizationId, boundaries.values(), window, null)
  const changed = yield* reevaluate(
    sql,
    organizationId,
    condition,
    now,
    evaluation.position,
    passers.map(({ ordinal }) => ordinal)
  )
  const wanted = new Map(evaluation.blocks)
  for (const [number, { touched, members }] of changed.blocks) {
    wanted.set(number, overlay(wanted.get(number) ?? emptyBlock(), touched, members))
  }
  const stored = yield* readBlocks(sql, organizationId, audienceId, "all")
  const flips = differences(stored, wanted)
  const publishes = flips.size > 0 || audience.evaluatedRevision === null
  const cause = audience.evaluatedRevision === audience.revision ? "refresh" : "rules"
  if (publishes) yield* publishVersion(sql, { organizationId, audienceId, cause, now }, stored, flips)
  yield* sql`
    UPDATE audiences SET
      evaluated_position = ${changed.position}::bigint, evaluated_revision = rules_revision,
      refreshes_completed = ${requested}::bigint, refresh_failures = 0, refresh_retry_at = NULL,
      last_refreshed_at = ${DateTime.formatIso(evaluated.now)}::text::timestamptz
    WHERE organization_id = ${organizationId}::uuid AND id = ${audienceId}::uuid`
  yield* expectFlip(sql, organizationId, yield* readNextFlip(sql, organizationId, boundaries, now))
  const outcome: PublicationOutcome = publishes ? "published" : "unchanged"
  return outcome
})

/** As `MembershipRepo.publish`, in a transaction. From then on the audience follows with the others. */
export const publishEvaluation = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId,
  evaluated: EvaluationToPublish
) {
  const { followedUntil } = yield* lockPublication(sql, organizationId)
  const audience = yield* lockEvaluated(sql, organizationId, audienceId, evaluated)
  if (!audience?.isWaiting || !(yield* isKept(sql, organizationId, evaluated.evaluation.position))) return "superseded"
  return yield* publishLocked(sql, organizationId, audienceId, evaluated, audience, followedUntil)
})

/** As `MembershipRepo.publishTogether`, in a transaction. The segments are in the order of their ids. */
export const publishTogether = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  segments: ReadonlyArray<SegmentToPublish>
) {
  const { followedUntil } = yield* lockPublication(sql, organizationId)
  const locked: Array<readonly [SegmentToPublish, Locked]> = []
  for (const segment of segments) {
    const audience = yield* lockEvaluated(sql, organizationId, segment.audienceId, segment)
    if (audience === undefined || !(yield* isKept(sql, organizationId, segment.evaluation.position)))
      return "superseded"
    locked.push([segment, audience])
  }
  if (!locked.some(([, { isWaiting }]) => isWaiting)) return "superseded"
  // As `record_change` does: until the transaction ends, no consumer changes for whoever is asked next.
  yield* sql`SELECT pg_advisory_xact_lock(hashtextextended('changes:' || ${organizationId}::text, 0))`
  const outcomes: Array<PublicationOutcome> = []
  for (const [segment, audience] of locked)
    outcomes.push(yield* publishLocked(sql, organizationId, segment.audienceId, segment, audience, followedUntil))
  const outcome: PublicationOutcome = outcomes.includes("published") ? "published" : "unchanged"
  return outcome
})

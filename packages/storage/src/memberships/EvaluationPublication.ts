import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import { emptyBlock, overlay } from "@audiences/engine/memberships/Block"
import type { EvaluationToPublish, PublicationOutcome } from "@audiences/engine/memberships/MembershipRepo"
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
      evaluatedRevision: Schema.NullOr(Schema.Finite)
    })
  )
)

/** Locks the audience if it still waits for this refresh, by these rules. */
const lockWaiting = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId,
  { requested, revision }: EvaluationToPublish
) {
  const rows = yield* sql`
    SELECT rules_revision::float8 AS revision, evaluated_revision::float8 FROM audiences
    WHERE organization_id = ${organizationId}::uuid AND id = ${audienceId}::uuid
      AND NOT archived AND rules_revision = ${revision}::bigint AND refreshes_completed < ${requested}::bigint
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

/**
 * As `MembershipRepo.publish`, in a transaction. Brings the evaluation up to at least what is followed, changes and time: from then on
 * the audience follows with the others.
 */
export const publishEvaluation = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId,
  evaluated: EvaluationToPublish
) {
  const { condition, evaluation, requested } = evaluated
  const { followedUntil } = yield* lockPublication(sql, organizationId)
  const audience = yield* lockWaiting(sql, organizationId, audienceId, evaluated)
  if (audience === undefined || !(yield* isKept(sql, organizationId, evaluation.position))) return "superseded"
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

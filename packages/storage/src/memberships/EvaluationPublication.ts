import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import { emptyBlock, overlay } from "@audiences/engine/memberships/Block"
import type { EvaluationToPublish, PublicationOutcome } from "@audiences/engine/memberships/MembershipRepo"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
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

/** As `MembershipRepo.publish`, in a transaction. */
export const publishEvaluation = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId,
  evaluated: EvaluationToPublish
) {
  const { condition, evaluation, now, requested } = evaluated
  const audience = yield* lockWaiting(sql, organizationId, audienceId, evaluated)
  if (audience === undefined) return "superseded"
  const changed = yield* reevaluate(sql, organizationId, condition, now, evaluation.position)
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
      refreshes_completed = ${requested}::bigint, refresh_failures = 0, refresh_retry_at = NULL, last_refreshed_at = ${DateTime.formatIso(now)}::text::timestamptz
    WHERE organization_id = ${organizationId}::uuid AND id = ${audienceId}::uuid`
  const outcome: PublicationOutcome = publishes ? "published" : "unchanged"
  return outcome
})

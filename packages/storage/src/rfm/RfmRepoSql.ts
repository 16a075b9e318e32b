import type { Actor } from "@audiences/domain/Actor"
import type { ConsumerId } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import { blockSize } from "@audiences/engine/memberships/Block"
import { type Cutting, RfmRepo } from "@audiences/engine/rfm/RfmRepo"
import { DateTime, Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { audit } from "../audit/Audit.ts"
import { contended } from "../postgres/Contended.ts"
import { explainRanks } from "./RfmRanks.ts"
import { encodeMethod, type RunRow } from "./RfmRow.ts"
import { latestRun, readRuns } from "./RfmRuns.ts"
import { runFailed, takeDueRuns } from "./RfmRequests.ts"
import { readScoring } from "./RfmScoringWrites.ts"
import { segmentsBeyond } from "./RfmSegments.ts"
import { recordScores, scoreBlock } from "./RfmScores.ts"
import { readSince } from "./RfmSince.ts"
import { countValues, instant, placedValues } from "./RfmValues.ts"

const decodeLast = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ last: Schema.NullOr(Schema.Finite) })))

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const state = Effect.fn("RfmRepo.state")(function* (organizationId: OrganizationId) {
    const found = yield* readScoring(sql, organizationId, false)
    if (Option.isNone(found)) return Option.none()
    const { completed, intervalSeconds, method, requested } = found.value
    return Option.some({
      method,
      intervalSeconds,
      inProgress: requested > completed,
      latestRun: yield* latestRun(sql, organizationId)
    })
  }, Effect.orDie)

  const request = Effect.fn("RfmRepo.request")(
    function* (actor: Actor, now: DateTime.Utc) {
      yield* sql`
        UPDATE rfm_scorings SET runs_requested = runs_requested + 1, next_run_at = NULL, run_failures = 0, run_retry_at = NULL
        WHERE organization_id = ${actor.organizationId}::uuid`
      yield* audit(sql, actor, now, {
        action: "rfm.run",
        subjectType: "settings",
        subjectId: actor.organizationId
      })
    },
    contended(sql),
    Effect.orDie
  )

  const begin = Effect.fn("RfmRepo.begin")(
    function* (organizationId: OrganizationId, now: DateTime.Utc, runId: string, cutting: Cutting) {
      // Count and values are of one state of the database.
      yield* sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`
      const found = yield* readScoring(sql, organizationId, true)
      if (Option.isNone(found)) return Option.none()
      const unfinished = yield* readRuns(sql, organizationId, sql.literal("AND completed_at IS NULL"))
      if (Option.isSome(unfinished)) return Option.some(unfinished.value.id)
      const { completed, requested } = found.value
      if (requested <= completed) return Option.none()
      const method = { ...found.value.method, asOf: found.value.method.asOf ?? now }
      const n = yield* countValues(sql, organizationId, method)
      const values = yield* placedValues(sql, organizationId, method, n, cutting.places(method, n))
      const bounds = cutting.bounds(method, n, (dimension, place) => values.get(`${dimension} ${place}`)!)
      const since = yield* readSince(sql, organizationId, method)
      yield* sql`
        INSERT INTO rfm_runs (organization_id, id, requested, method, bounds, scored_count, started_at, position, since_position, since_as_of)
        VALUES (${organizationId}::uuid, ${runId}::uuid, ${requested}::bigint, ${JSON.stringify(encodeMethod(method))}::text::jsonb,
          ${JSON.stringify(bounds)}::text::jsonb, ${n}::bigint, ${instant(sql, now)},
          (SELECT coalesce(max(position), 0) FROM changes WHERE organization_id = ${organizationId}::uuid),
          ${since?.position ?? null}::bigint, ${since === null ? null : DateTime.formatIso(since.asOf)}::text::timestamptz)`
      return Option.some(runId)
    },
    contended(sql),
    Effect.orDie
  )

  const complete = Effect.fnUntraced(function* (
    organizationId: OrganizationId,
    now: DateTime.Utc,
    { id, requested }: RunRow
  ) {
    yield* sql`
      UPDATE rfm_runs SET completed_at = ${instant(sql, now)} WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid`
    yield* sql`
      UPDATE rfm_scorings SET runs_completed = ${requested}::bigint, run_failures = 0, run_retry_at = NULL,
        next_run_at = ${instant(sql, now)} + make_interval(secs => interval_seconds)
      WHERE organization_id = ${organizationId}::uuid`
  })

  const advance = Effect.fn("RfmRepo.advance")(
    function* (organizationId: OrganizationId, now: DateTime.Utc, runId: string) {
      const found = yield* readRuns(
        sql,
        organizationId,
        sql`AND id = ${runId}::uuid AND completed_at IS NULL FOR UPDATE`
      )
      if (Option.isNone(found)) return true
      const run = found.value
      const last =
        yield* sql`SELECT max(ordinal) AS last FROM consumers WHERE organization_id = ${organizationId}::uuid`
      const [{ last: lastOrdinal } = { last: null }] = yield* decodeLast(last)
      const changed = yield* scoreBlock(sql, organizationId, now, run)
      yield* sql`
        UPDATE rfm_runs SET next_block = next_block + 1, changed_count = changed_count + ${changed.length}::int
        WHERE organization_id = ${organizationId}::uuid AND id = ${runId}::uuid`
      const isLast = (run.nextBlock + 1) * blockSize > (lastOrdinal ?? -1)
      if (isLast) yield* complete(organizationId, now, run)
      yield* recordScores(sql, organizationId, changed)
      return isLast
    },
    contended(sql),
    Effect.orDie
  )

  return RfmRepo.of({
    state,
    segmentsBeyond: Effect.fn("RfmRepo.segmentsBeyond")((organizationId: OrganizationId, bins: number, except) =>
      segmentsBeyond(sql, organizationId, bins, except)
    ),
    explain: Effect.fn("RfmRepo.explain")((organizationId: OrganizationId, consumerId: ConsumerId) =>
      explainRanks(sql, organizationId, consumerId)
    ),
    request,
    begin,
    advance,
    failed: Effect.fn("RfmRepo.failed")((organizationId: OrganizationId, now: DateTime.Utc) =>
      runFailed(sql, organizationId, now)
    ),
    takeDue: Effect.fn("RfmRepo.takeDue")((now: DateTime.Utc) => takeDueRuns(sql, now))
  })
})

export const RfmRepoSql = Layer.effect(RfmRepo, make)

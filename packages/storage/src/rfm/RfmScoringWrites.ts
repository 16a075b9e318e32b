import type { Actor } from "@audiences/domain/Actor"
import type { AuditAction } from "@audiences/domain/AuditEntry"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { RfmScoringChange } from "@audiences/engine/rfm/RfmRepo"
import { defaultIntervalSeconds, defaultMethod } from "@audiences/engine/rfm/RfmMethods"
import { type DateTime, Effect, Option } from "effect"
import type { SqlClient } from "effect/sql"
import { audit } from "../audit/Audit.ts"
import { decodeScorings, encodeMethod } from "./RfmRow.ts"

export const readScoring = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  locks: boolean
) {
  const rows = yield* sql`
    SELECT method, interval_seconds, runs_requested::float8 AS requested, runs_completed::float8 AS completed
    FROM rfm_scorings WHERE organization_id = ${organizationId}::uuid ${sql.literal(locks ? "FOR UPDATE" : "")}`
  return Option.fromUndefinedOr((yield* Effect.orDie(decodeScorings(rows)))[0])
})

/** Keeps how consumers are scored from now on, and asks for a run; in a transaction. */
export const writeScoring = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  actor: Actor,
  now: DateTime.Utc,
  { intervalSeconds, method }: RfmScoringChange,
  action: AuditAction
) {
  const { organizationId } = actor
  const before = Option.getOrNull(yield* readScoring(sql, organizationId, true))
  const after = {
    method: method ?? before?.method ?? defaultMethod,
    intervalSeconds:
      intervalSeconds !== undefined ? intervalSeconds : before ? before.intervalSeconds : defaultIntervalSeconds
  }
  const encoded = encodeMethod(after.method)
  // Whoever writes the first at the same time is not seen above.
  const kept = (column: string, isGiven: boolean) => sql.literal(`${isGiven ? "EXCLUDED" : "s"}.${column}`)
  yield* sql`
    INSERT INTO rfm_scorings AS s (organization_id, method, interval_seconds, runs_requested)
    VALUES (${organizationId}::uuid, ${JSON.stringify(encoded)}::text::jsonb, ${after.intervalSeconds}::int, 1)
    ON CONFLICT (organization_id) DO UPDATE SET
      method = ${kept("method", method !== undefined)}, interval_seconds = ${kept("interval_seconds", intervalSeconds !== undefined)}, next_run_at = NULL, runs_requested = s.runs_requested + 1,
      run_failures = 0, run_retry_at = NULL`
  yield* audit(sql, actor, now, {
    action,
    subjectType: "settings",
    subjectId: organizationId,
    changes: {
      method: { from: before === null ? null : encodeMethod(before.method), to: encoded },
      intervalSeconds: { from: before?.intervalSeconds ?? null, to: after.intervalSeconds }
    }
  })
})

import { OrganizationId } from "@audiences/domain/Organization"
import { type DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { contended } from "../postgres/Contended.ts"
import { instant } from "./RfmValues.ts"

const decodeOrganizations = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ organizationId: OrganizationId })))

/** Asks for the runs whose interval has passed, and finds every organization that waits for one that is not put off. */
export const takeDueRuns = (sql: SqlClient.SqlClient, now: DateTime.Utc) =>
  Effect.gen(function* () {
    yield* sql`
      UPDATE rfm_scorings s SET runs_requested = runs_requested + 1, next_run_at = NULL
      WHERE next_run_at <= ${instant(sql, now)} AND EXISTS (
        SELECT 1 FROM audiences a WHERE a.organization_id = s.organization_id AND a.group_type = 'RFM' AND NOT a.archived)`
    const rows = yield* sql`
      SELECT organization_id FROM rfm_scorings WHERE runs_requested > runs_completed
        AND (run_retry_at IS NULL OR run_retry_at <= ${instant(sql, now)})`
    return (yield* decodeOrganizations(rows)).map(({ organizationId }) => organizationId)
  }).pipe(contended(sql), Effect.orDie)

/** Puts the run that is asked for off: for 1, 2, 4 … seconds, and ten minutes at the most. */
export const runFailed = (sql: SqlClient.SqlClient, organizationId: OrganizationId, now: DateTime.Utc) =>
  sql`
    UPDATE rfm_scorings SET run_failures = run_failures + 1,
      run_retry_at = ${instant(sql, now)} + make_interval(secs => least(600, 2 ^ least(run_failures, 10)))
    WHERE organization_id = ${organizationId}::uuid AND runs_requested > runs_completed`.pipe(
    Effect.asVoid,
    Effect.orDie
  )

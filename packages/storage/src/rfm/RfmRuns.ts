import type { OrganizationId } from "@audiences/domain/Organization"
import type { RfmRun } from "@audiences/domain/Rfm"
import { thresholdsOf } from "@audiences/engine/rfm/RfmCutting"
import { Effect, Option } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { decodeRuns, type RunRow } from "./RfmRow.ts"

/** The first run that `rest`, the end of the query, leaves. */
export const readRuns = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  rest: Statement.Fragment
) {
  const rows = yield* sql`
    SELECT id, method, bounds, requested::float8 AS requested, scored_count::float8 AS scored_count, changed_count::float8 AS changed_count,
      next_block, started_at, completed_at, since_position::float8 AS since_position, since_as_of
    FROM rfm_runs WHERE organization_id = ${organizationId}::uuid ${rest}`
  return Option.fromUndefinedOr((yield* decodeRuns(rows))[0])
})

const runOf = ({ bounds, changedCount, completedAt, id, method, scoredCount, startedAt }: RunRow): RfmRun => ({
  id,
  method,
  thresholds: thresholdsOf(bounds),
  scoredCount,
  changedCount,
  startedAt,
  completedAt
})

/** The run that was begun last; null: none yet. */
export const latestRun = (sql: SqlClient.SqlClient, organizationId: OrganizationId) =>
  Effect.map(
    readRuns(sql, organizationId, sql.literal("ORDER BY started_at DESC, id DESC LIMIT 1")),
    Option.match({ onNone: () => null, onSome: runOf })
  )

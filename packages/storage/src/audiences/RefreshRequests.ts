import { AudienceId } from "@audiences/domain/AudienceId"
import { OrganizationId } from "@audiences/domain/Organization"
import type { DueRefresh, SegmentRefresh } from "@audiences/engine/audiences/AudienceRepo"
import { DateTime, Effect, Option, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { readRules } from "../rules/RuleRow.ts"

/** Asks for a refresh. The audience must be locked. */
export const raiseRequested = (sql: SqlClient.SqlClient, organizationId: OrganizationId, id: AudienceId) =>
  sql`
    UPDATE audiences SET refreshes_requested = refreshes_requested + 1, refresh_failures = 0, refresh_retry_at = NULL
    WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid`

const decodeRequests = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ revision: Schema.Finite, requested: Schema.Finite }))
)

/** The refresh that an audience waits for. */
export const dueRefresh = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  id: AudienceId
) {
  const rows = yield* sql`
    SELECT rules_revision::float8 AS revision, refreshes_requested::float8 AS requested FROM audiences
    WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid
      AND type = 'DYNAMIC' AND NOT archived AND refreshes_requested > refreshes_completed`
  const [request] = yield* decodeRequests(rows)
  if (request === undefined) return Option.none<DueRefresh>()
  // Read after the revision: rules that are newer than it are not published.
  const rules = yield* readRules(sql, organizationId, sql`r.audience_id = ${id}::uuid`)
  return Option.some<DueRefresh>({ ...request, rules })
}, Effect.orDie)

const decodeSegments = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ id: AudienceId, revision: Schema.Finite, requested: Schema.Finite }))
)

/** The segments that are refreshed with an audience. */
export const segmentRefreshes = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  id: AudienceId
) {
  const found = yield* sql`
    SELECT s.id, s.rules_revision::float8 AS revision, s.refreshes_requested::float8 AS requested FROM audiences a
    JOIN audiences s ON s.organization_id = a.organization_id AND s.group_id = a.group_id AND s.group_type = a.group_type
    WHERE a.organization_id = ${organizationId}::uuid AND a.id = ${id}::uuid AND s.type = 'DYNAMIC' AND NOT s.archived
    ORDER BY s.id`
  const segments = yield* decodeSegments(found)
  // Read after the revisions: rules that are newer than they are not published.
  const rules = yield* readRules(
    sql,
    organizationId,
    sql`r.audience_id = ANY(${segments.map((each) => each.id)}::uuid[])`
  )
  const byAudience = Map.groupBy(rules, ({ audienceId }) => audienceId)
  return segments.map((segment): SegmentRefresh => ({ ...segment, rules: byAudience.get(segment.id) ?? [] }))
}, Effect.orDie)

const decodeKeys = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ organizationId: OrganizationId, id: AudienceId }))
)

/** Asks for the refreshes whose interval has passed, and finds every audience that waits for one. Passes over what is being changed. */
export const takeDue = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, now: DateTime.Utc) {
  const rows = yield* sql`
    WITH passed AS (
      SELECT organization_id, id FROM audiences
      WHERE type = 'DYNAMIC' AND NOT archived AND refreshes_requested = refreshes_completed AND refresh_interval_seconds IS NOT NULL
        AND coalesce(last_refreshed_at, created_at) + make_interval(secs => refresh_interval_seconds)
          <= ${DateTime.formatIso(now)}::text::timestamptz
      FOR NO KEY UPDATE SKIP LOCKED
    ), raised AS (
      UPDATE audiences a SET refreshes_requested = a.refreshes_requested + 1
      FROM passed WHERE a.organization_id = passed.organization_id AND a.id = passed.id
      RETURNING a.organization_id, a.id
    )
    SELECT organization_id, id FROM raised
    UNION ALL
    SELECT organization_id, id FROM audiences
    WHERE type = 'DYNAMIC' AND NOT archived AND refreshes_requested > refreshes_completed
      AND (refresh_retry_at IS NULL OR refresh_retry_at <= ${DateTime.formatIso(now)}::text::timestamptz)`
  return yield* decodeKeys(rows)
}, Effect.orDie)

/** Seconds after which a refresh that failed is tried again: 1, 2, 4 … and ten minutes at the most. */
const retrySeconds = (sql: SqlClient.SqlClient) => sql`least(600, 2 ^ least(refresh_failures, 10))`

/** Remembers that the refresh that an audience waits for has failed. */
export const refreshFailed = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  id: AudienceId,
  now: DateTime.Utc
) {
  yield* sql`
    UPDATE audiences SET
      refresh_failures = refresh_failures + 1,
      refresh_retry_at = ${DateTime.formatIso(now)}::text::timestamptz + make_interval(secs => ${retrySeconds(sql)})
    WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid AND refreshes_requested > refreshes_completed`
}, Effect.orDie)

import { Activity, ActivityConflict, ActivityId } from "@audiences/domain/Activity"
import type { Actor } from "@audiences/domain/Actor"
import { ConsumerId } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { HistoryRequest } from "@audiences/engine/history/HistoryPaging"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { isDeepStrictEqual } from "node:util"
import { audit } from "../audit/Audit.ts"
import { findConsumer, historySlice, latestFirst, lockConsumer } from "./HistoryConsumer.ts"

const decodeRows = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ id: ActivityId, activity: Schema.Record(Schema.String, Schema.Unknown) }))
)
const decodeActivity = Schema.decodeUnknownEffect(Activity)
const encodeActivity = Schema.encodeUnknownEffect(Activity)
const decodeTaken = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ consumerId: ConsumerId, activity: Schema.Record(Schema.String, Schema.Unknown) }))
)
const decodeCount = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ count: Schema.Finite })))

export const readTimeline = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  consumerId: ConsumerId,
  request: HistoryRequest
) {
  const { ordinal } = yield* findConsumer(sql, organizationId, consumerId)
  const rows =
    yield* sql`SELECT id, activity FROM activities WHERE ${latestFirst(sql, organizationId, ordinal, request)}`
  const activities = yield* Effect.forEach(yield* decodeRows(rows), ({ activity, id }) =>
    decodeActivity({ ...activity, id, consumerId })
  )
  const [{ count: totalCount } = { count: 0 }] = yield* decodeCount(
    yield* sql`SELECT count(*)::float8 AS count FROM activities WHERE organization_id = ${organizationId}::uuid AND ordinal = ${ordinal}::int`
  )
  return { ...historySlice(activities, request.size, ({ timestamp }) => timestamp), totalCount }
})

/** The fields of a consumer that activities change, by their names in the contract. */
const messageFields = ["totalMessages", "updatedAt", "updatedBy"]
const engagementFields = ["lastEngagedAt", "totalEngagements", "updatedAt", "updatedBy"]

export const insertActivity = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  actor: Actor,
  now: DateTime.Utc,
  activity: Activity
) {
  const { name, organizationId } = actor
  const { ordinal } = yield* lockConsumer(sql, organizationId, activity.consumerId)
  const { consumerId: _c, id: _i, ...body } = yield* encodeActivity(activity)
  const at = sql`${DateTime.formatIso(now)}::text::timestamptz`
  const occurredAt = sql`${DateTime.formatIso(activity.timestamp)}::text::timestamptz`
  const inserted = yield* sql`
    INSERT INTO activities (organization_id, id, ordinal, occurred_at, activity, created_at, created_by)
    VALUES (${organizationId}::uuid, ${activity.id}::uuid, ${ordinal}::int, ${occurredAt}, ${JSON.stringify(body)}::text::jsonb, ${at}, ${name})
    ON CONFLICT (organization_id, id) DO NOTHING RETURNING id`
  if (inserted.length === 0) {
    const [taken] = yield* decodeTaken(
      yield* sql`
      SELECT c.id AS consumer_id, a.activity FROM activities a
      JOIN consumers c ON c.organization_id = a.organization_id AND c.ordinal = a.ordinal
      WHERE a.organization_id = ${organizationId}::uuid AND a.id = ${activity.id}::uuid`
    )
    const same =
      taken !== undefined &&
      taken.consumerId === activity.consumerId.toLowerCase() &&
      isDeepStrictEqual(
        { ...taken.activity, timestamp: 0 },
        { ...(JSON.parse(JSON.stringify(body)) as object), timestamp: 0 }
      )
    return same
      ? yield* decodeActivity({ ...taken.activity, id: activity.id, consumerId: taken.consumerId })
      : yield* new ActivityConflict()
  }
  const message = activity.type === "MESSAGE"
  const counted = message
    ? sql`total_messages = total_messages + 1`
    : sql`total_engagements = total_engagements + 1, last_engaged_at = greatest(last_engaged_at, ${occurredAt})`
  yield* sql`
    UPDATE consumers SET ${counted}, updated_at = ${at}, updated_by = ${name}
    WHERE organization_id = ${organizationId}::uuid AND ordinal = ${ordinal}::int`
  yield* audit(sql, actor, now, {
    action: "history.addActivity",
    subjectType: "consumer",
    subjectId: activity.consumerId,
    changes: { activityId: activity.id, type: activity.type }
  })
  yield* sql`
    SELECT record_change(${organizationId}::uuid, ${[ordinal]}::int[], ${message ? messageFields : engagementFields}::text[], NULL)`
  return activity
})

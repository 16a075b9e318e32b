import type { AudienceGroupId } from "@audiences/domain/AudienceGroup"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"

const decode = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ groupName: Schema.NullOr(Schema.String), name: Schema.String, bins: Schema.Finite }))
)

/** The live segments of all groups but one that need more bins: those of a named map 5, others as their lowest box asks for. */
export const segmentsBeyond = (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  bins: number,
  except: AudienceGroupId
) =>
  Effect.flatMap(
    sql`
      SELECT group_name AS "groupName", name, bins FROM (
        SELECT a.group_id, a.group_name, a.name, CASE WHEN a.metadata->>'rfmSegmentMap' <> 'custom' THEN 5 ELSE (
          SELECT min(lowest) FROM (
            SELECT max((r."values"->>0)::float8) AS lowest FROM audience_rules r
            WHERE r.organization_id = a.organization_id AND r.audience_id = a.id AND r.operator = 'BETWEEN'
              AND r.field IN ('activityRank', 'purchaseFrequencyRank', 'monetaryRank')
            GROUP BY r.group_id
          ) box
        ) END AS bins
        FROM audiences a
        WHERE a.organization_id = ${organizationId}::uuid AND a.group_type = 'RFM' AND NOT a.archived AND a.group_id <> ${except}::uuid
          AND a.metadata ? 'rfmSegmentMap'
      ) s WHERE bins > ${bins}::int ORDER BY group_id, bins DESC, name LIMIT 100`,
    decode
  ).pipe(Effect.orDie)

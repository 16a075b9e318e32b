import type { Actor } from "@audiences/domain/Actor"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Rule, RuleId } from "@audiences/domain/Rule"
import { DateTime } from "effect"
import type { SqlClient } from "effect/sql"

/** Writes rules in the order given. */
export const insertRules = (sql: SqlClient.SqlClient, rules: ReadonlyArray<Rule>) =>
  sql`
    INSERT INTO audience_rules (organization_id, audience_id, id, field, operator, "values", group_id, position)
    SELECT (r ->> 'organizationId')::uuid, (r ->> 'audienceId')::uuid, (r ->> 'id')::uuid, r ->> 'field', r ->> 'operator',
      r -> 'values', (r ->> 'groupId')::uuid, (r ->> 'position')::float8
    FROM jsonb_array_elements(${JSON.stringify(rules)}::text::jsonb) WITH ORDINALITY AS given (r, place)
    ORDER BY place`

/** One rule of an audience, or all. */
export const deleteRules = (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId,
  id: RuleId | null
) =>
  sql`
    DELETE FROM audience_rules WHERE organization_id = ${organizationId}::uuid AND audience_id = ${audienceId}::uuid
      AND ${id === null ? sql`true` : sql`id = ${id}::uuid`}`

/** The last of a transaction that changes rules: what was evaluated by the old ones is not published any more. */
export const raiseRevision = (sql: SqlClient.SqlClient, actor: Actor, now: DateTime.Utc, audienceId: AudienceId) =>
  sql`
    UPDATE audiences SET
      rules_revision = rules_revision + 1, refreshes_requested = refreshes_requested + 1,
      refresh_failures = 0, refresh_retry_at = NULL,
      updated_at = ${DateTime.formatIso(now)}::text::timestamptz, updated_by = ${actor.name}
    WHERE organization_id = ${actor.organizationId}::uuid AND id = ${audienceId}::uuid`

/** Of audiences whose rules are as they were, but which are to be evaluated with others whose rules changed. */
export const raiseRevisions = (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceIds: ReadonlyArray<AudienceId>
) =>
  sql`
    UPDATE audiences SET
      rules_revision = rules_revision + 1, refreshes_requested = refreshes_requested + 1, refresh_failures = 0, refresh_retry_at = NULL
    WHERE organization_id = ${organizationId}::uuid AND id = ANY(${audienceIds}::uuid[])`

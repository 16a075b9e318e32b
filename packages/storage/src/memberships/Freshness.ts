import type { OrganizationId } from "@audiences/domain/Organization"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"

/** How far the followed memberships of an organization have come. */
export interface Freshness {
  /** Every write that was committed up to this instant is reflected, and every relative boundary passed. */
  readonly asOf: DateTime.Utc
  /** There are writes or boundaries behind it that are not reflected yet. */
  readonly pending: boolean
}

const decode = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ asOf: Schema.DateTimeUtcFromDate, pending: Schema.Boolean }))
)

/**
 * Holds for chosen members, and for DYNAMIC audiences that are evaluated by their present rules and wait for no refresh. A change of the
 * feed carries an instant before its commit: what is committed earlier than the first that is not followed, is followed.
 */
export const readFreshness = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  now: DateTime.Utc
) {
  const at = sql`${DateTime.formatIso(now)}::text::timestamptz`
  const rows = yield* sql`
    SELECT least(${at}, c.changed_at - interval '1 millisecond', p.next_flip_at - interval '1 millisecond') AS as_of,
      c.position IS NOT NULL OR coalesce(p.next_flip_at <= ${at}, false) AS pending
    FROM membership_publishers p
    LEFT JOIN LATERAL (
      SELECT position, changed_at FROM changes
      WHERE organization_id = p.organization_id AND position > p.followed_position ORDER BY position LIMIT 1) AS c ON true
    WHERE p.organization_id = ${organizationId}::uuid`
  const [row] = yield* Effect.orDie(decode(rows))
  const freshness: Freshness = row ?? { asOf: now, pending: false }
  return freshness
})

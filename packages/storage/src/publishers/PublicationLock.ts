import type { OrganizationId } from "@audiences/domain/Organization"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"

const decode = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ followedPosition: Schema.Finite, followedUntil: Schema.DateTimeUtcFromDate }))
)

/** Takes the publication lock until the transaction ends, and returns how far is followed. To be taken before audiences are locked. */
export const lockPublication = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, organizationId: OrganizationId) {
  const rows = yield* sql`
    SELECT followed_position::float8, followed_until FROM membership_publishers
    WHERE organization_id = ${organizationId}::uuid FOR NO KEY UPDATE`
  const [followed] = yield* Effect.orDie(decode(rows))
  return followed!
})

/** How long others leave an organization to the process that followed it last. */
const leaseSeconds = 2

/**
 * Takes the lock for a holder, whose lease begins anew; nothing, while the lease of another lasts. A process that hangs in
 * the transaction is thrown out of it by the database.
 */
export const takePublication = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  holder: string
) {
  yield* sql`SELECT set_config('idle_in_transaction_session_timeout', '10s', true)`
  const rows = yield* sql`
    UPDATE membership_publishers SET holder = ${holder}::uuid, lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::int)
    WHERE organization_id = ${organizationId}::uuid AND (holder IS NULL OR holder = ${holder}::uuid OR lease_until <= clock_timestamp())
    RETURNING followed_position::float8, followed_until`
  return (yield* Effect.orDie(decode(rows)))[0]
})

/** The last of a transaction that follows: everything up to here is published. */
export const releaseFollowed = (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  followed: { readonly position: number; readonly until: DateTime.Utc; readonly nextFlipAt: DateTime.Utc | null }
) =>
  sql`
    UPDATE membership_publishers SET
      followed_position = ${followed.position}::bigint, followed_until = ${DateTime.formatIso(followed.until)}::text::timestamptz,
      next_flip_at = ${followed.nextFlipAt === null ? null : DateTime.formatIso(followed.nextFlipAt)}::text::timestamptz,
      lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::int)
    WHERE organization_id = ${organizationId}::uuid`

/** Another audience has a flip then, too; null: it has none. The lock must be held. */
export const expectFlip = (sql: SqlClient.SqlClient, organizationId: OrganizationId, at: DateTime.Utc | null) =>
  at === null
    ? Effect.void
    : sql`
      UPDATE membership_publishers SET next_flip_at = least(next_flip_at, ${DateTime.formatIso(at)}::text::timestamptz)
      WHERE organization_id = ${organizationId}::uuid`

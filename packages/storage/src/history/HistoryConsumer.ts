import { ConsumerArchived, type ConsumerId, ConsumerNotFound } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { HistoryRequest, HistorySlice } from "@audiences/engine/history/HistoryPaging"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"

const decode = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ ordinal: Schema.Finite, archived: Schema.Boolean, loyaltyBalance: Schema.Finite }))
)

export const findConsumer = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  id: ConsumerId,
  lock: "" | "FOR UPDATE" = ""
) {
  const rows = yield* sql`
    SELECT ordinal, archived, loyalty_balance FROM consumers
    WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid ${sql.literal(lock)}`
  const [consumer] = yield* Effect.orDie(decode(rows))
  return consumer ?? (yield* new ConsumerNotFound())
})

/** Locks a live consumer until the transaction ends. */
export const lockConsumer = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  id: ConsumerId
) {
  const consumer = yield* findConsumer(sql, organizationId, id, "FOR UPDATE")
  return consumer.archived ? yield* new ConsumerArchived() : consumer
})

/** The rows of a consumer's history behind a place, the latest first; one more than asked for. */
export const latestFirst = (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  ordinal: number,
  { from, size }: HistoryRequest
) => sql`
  organization_id = ${organizationId}::uuid AND ordinal = ${ordinal}::int
    ${from === null ? sql`` : sql`AND (occurred_at, id) < (${from.value}::text::timestamptz, ${from.id}::uuid)`}
  ORDER BY occurred_at DESC, id DESC LIMIT ${size + 1}`

interface Entry {
  readonly id: string
}

/** The page of what `latestFirst` found. */
export const historySlice = <A extends Entry>(
  found: ReadonlyArray<A>,
  size: number,
  occurredAt: (entry: A) => DateTime.Utc
): HistorySlice<A> => {
  const entries = found.slice(0, size)
  const last = entries[entries.length - 1]
  return {
    entries,
    // As cursors write instants: to the microsecond.
    end:
      found.length > size && last !== undefined
        ? { value: DateTime.formatIso(occurredAt(last)).replace("Z", "000Z"), id: last.id }
        : null
  }
}

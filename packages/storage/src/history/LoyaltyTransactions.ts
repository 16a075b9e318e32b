import type { Actor } from "@audiences/domain/Actor"
import { ConsumerId } from "@audiences/domain/Consumer"
import {
  LoyaltyTransaction,
  LoyaltyTransactionConflict,
  LoyaltyTransactionId,
  LoyaltyTxnType
} from "@audiences/domain/LoyaltyTransaction"
import type { OrganizationId } from "@audiences/domain/Organization"
import { OpenMap } from "@audiences/domain/Scalar"
import type { HistoryRequest } from "@audiences/engine/history/HistoryPaging"
import { type PointsHistory, PointsInsufficient } from "@audiences/engine/history/HistoryRepo"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { isDeepStrictEqual } from "node:util"
import { audit } from "../audit/Audit.ts"
import { findConsumer, historySlice, latestFirst, lockConsumer } from "./HistoryConsumer.ts"

const TransactionRow = Schema.Struct({
  id: LoyaltyTransactionId,
  txnType: LoyaltyTxnType,
  pointsDelta: Schema.Finite,
  occurredAt: Schema.DateTimeUtcFromDate,
  bucketExpiresOn: Schema.NullOr(Schema.String),
  sourceType: Schema.NullOr(Schema.String),
  sourceDescription: Schema.NullOr(Schema.String),
  metadata: Schema.NullOr(OpenMap)
})
const decodeRows = Schema.decodeUnknownEffect(Schema.Array(TransactionRow))
const decodeTaken = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ ...TransactionRow.fields, consumerId: ConsumerId }))
)
const decodeGains = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({ earnedOn: Schema.String, expiresOn: Schema.NullOr(Schema.String), points: Schema.Finite })
  )
)
const decodeSpent = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ spent: Schema.Finite })))
const encode = Schema.encodeUnknownEffect(LoyaltyTransaction)

const columns = (sql: SqlClient.SqlClient) =>
  sql.literal(
    "t.id, t.txn_type, t.points_delta, t.occurred_at, t.bucket_expires_on::text, t.source_type, t.source_description, t.metadata"
  )

export const readLoyaltyTransactions = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  consumerId: ConsumerId,
  request: HistoryRequest
) {
  const { ordinal } = yield* findConsumer(sql, organizationId, consumerId)
  const own = sql`organization_id = ${organizationId}::uuid AND ordinal = ${ordinal}::int`
  const rows = yield* sql`
    SELECT ${columns(sql)} FROM loyalty_transactions t WHERE ${latestFirst(sql, organizationId, ordinal, request)}`
  const gained = yield* decodeGains(
    yield* sql`
    SELECT (occurred_at AT TIME ZONE 'UTC')::date::text AS earned_on, bucket_expires_on::text AS expires_on, sum(points_delta) AS points
    FROM loyalty_transactions WHERE ${own} AND points_delta > 0 GROUP BY 1, 2`
  )
  const [{ spent } = { spent: 0 }] = yield* decodeSpent(
    yield* sql`
    SELECT coalesce(-sum(points_delta), 0) AS spent FROM loyalty_transactions WHERE ${own} AND points_delta < 0`
  )
  const slice = historySlice(yield* decodeRows(rows), request.size, ({ occurredAt }) => occurredAt)
  const history: PointsHistory = { ...slice, gained, spent }
  return history
})

/** The fields of a consumer that move with points, by their names in the contract. */
const fields = ["loyaltyBalance", "loyaltyLastActivityAt", "loyaltyLifetimePoints", "updatedAt", "updatedBy"]

/** What of a transaction counts as points earned in a lifetime: a correction takes back as well as it gives. */
const lifetimePoints = ({ pointsDelta, txnType }: LoyaltyTransaction): number =>
  txnType === "earn" || txnType === "migration" || txnType === "adjust" ? pointsDelta : 0

export const insertLoyaltyTransaction = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  actor: Actor,
  now: DateTime.Utc,
  consumerId: ConsumerId,
  transaction: LoyaltyTransaction
) {
  const { name, organizationId } = actor
  const { loyaltyBalance, ordinal } = yield* lockConsumer(sql, organizationId, consumerId)
  const { pointsDelta, txnType } = transaction
  const at = sql`${DateTime.formatIso(now)}::text::timestamptz`
  const occurredAt = sql`${DateTime.formatIso(transaction.occurredAt)}::text::timestamptz`
  const [taken] = yield* decodeTaken(
    yield* sql`
    SELECT c.id AS consumer_id, ${columns(sql)} FROM loyalty_transactions t
    JOIN consumers c ON c.organization_id = t.organization_id AND c.ordinal = t.ordinal
    WHERE t.organization_id = ${organizationId}::uuid AND t.id = ${transaction.id}::uuid`
  )
  if (taken !== undefined) {
    const { consumerId: owner, ...stored } = taken
    const told = { ...transaction, id: transaction.id.toLowerCase(), occurredAt: stored.occurredAt }
    const same = owner === consumerId.toLowerCase() && isDeepStrictEqual(yield* encode(stored), yield* encode(told))
    return same ? stored : yield* new LoyaltyTransactionConflict()
  }
  if ((txnType === "redeem" || txnType === "expire") && loyaltyBalance + pointsDelta < 0)
    return yield* new PointsInsufficient({ balance: loyaltyBalance })
  const metadata = transaction.metadata === null ? null : JSON.stringify(transaction.metadata)
  yield* sql`
    INSERT INTO loyalty_transactions (organization_id, id, ordinal, txn_type, points_delta, occurred_at, bucket_expires_on, source_type,
      source_description, metadata, created_at, created_by)
    VALUES (${organizationId}::uuid, ${transaction.id}::uuid, ${ordinal}::int, ${txnType}, ${pointsDelta}::float8, ${occurredAt},
      ${transaction.bucketExpiresOn}::text::date, ${transaction.sourceType}, ${transaction.sourceDescription}, ${metadata}::text::jsonb, ${at}, ${name})`
  yield* sql`
    UPDATE consumers SET loyalty_balance = loyalty_balance + ${pointsDelta}::float8,
      loyalty_lifetime_points = greatest(0, loyalty_lifetime_points + ${lifetimePoints(transaction)}::float8),
      loyalty_last_activity_at = greatest(loyalty_last_activity_at, ${occurredAt}), updated_at = ${at}, updated_by = ${name}
    WHERE organization_id = ${organizationId}::uuid AND ordinal = ${ordinal}::int`
  yield* audit(sql, actor, now, {
    action: "history.addLoyaltyTransaction",
    subjectType: "consumer",
    subjectId: consumerId,
    changes: { loyaltyTransactionId: transaction.id, txnType }
  })
  yield* sql`SELECT record_change(${organizationId}::uuid, ${[ordinal]}::int[], ${fields}::text[], NULL)`
  return transaction
})

import { Option, Schema } from "effect"
import { errorFields } from "./Errors.ts"
import { Instant, InstantInput, parseInstant } from "./Instant.ts"
import { OpenMap, OpenMapInput, Text, UuidText } from "./Scalar.ts"

export const LoyaltyTransactionId = UuidText.pipe(Schema.brand("LoyaltyTransactionId"))
export type LoyaltyTransactionId = typeof LoyaltyTransactionId.Type

export const LoyaltyTxnType = Schema.Literals(["earn", "redeem", "expire", "adjust", "migration", "reversal"]).annotate(
  {
    identifier: "LoyaltyTxnType"
  }
)
export type LoyaltyTxnType = typeof LoyaltyTxnType.Type

const day = /^\d{4}-\d{2}-\d{2}$/u

/** A day of the calendar, in UTC. */
const Day = Schema.String.check(
  Schema.isPattern(day, { expected: "a day such as 2026-01-31" }),
  Schema.makeFilter((text) => Option.isSome(parseInstant(text)), { expected: "a day that its month has" })
)

/** One movement of loyalty points. */
export const LoyaltyTransaction = Schema.Struct({
  /** A UUID here; other hosts of the published API may have ids of another form. */
  id: Schema.String,
  txnType: LoyaltyTxnType,
  /** Positive: points gained; negative: points spent or lost. */
  pointsDelta: Schema.Finite,
  occurredAt: Instant,
  /** The day from which points gained here are gone; null: never. */
  bucketExpiresOn: Schema.NullOr(Schema.String),
  sourceType: Schema.NullOr(Schema.String),
  sourceDescription: Schema.NullOr(Schema.String),
  metadata: Schema.NullOr(OpenMap)
}).annotate({ identifier: "LoyaltyTransaction" })
export type LoyaltyTransaction = typeof LoyaltyTransaction.Type

const nullable = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** `id`: one of the caller's own, under which the transaction is recorded once; made by the server unless given. `occurredAt`: now unless given. */
export const LoyaltyTransactionInput = Schema.Struct({
  id: Schema.optionalKey(LoyaltyTransactionId),
  txnType: LoyaltyTxnType,
  pointsDelta: Schema.Finite.check(
    // Sums of millions of these are still exact.
    Schema.isBetween({ minimum: -1e9, maximum: 1e9 }, { expected: "a number from -1,000,000,000 to 1,000,000,000" })
  ),
  occurredAt: Schema.optionalKey(InstantInput),
  bucketExpiresOn: nullable(Day),
  sourceType: nullable(Text),
  sourceDescription: nullable(Text),
  metadata: nullable(OpenMapInput)
}).annotate({ identifier: "LoyaltyTransactionInput" })
export type LoyaltyTransactionInput = typeof LoyaltyTransactionInput.Type

/** Points that will be gone: those gained on one day that expire on one day, less what was spent since. */
export const LoyaltyExpiringBucket = Schema.Struct({
  earnedOn: Schema.String,
  expiresOn: Schema.String,
  pointsRemaining: Schema.Finite
}).annotate({ identifier: "LoyaltyExpiringBucket" })
export type LoyaltyExpiringBucket = typeof LoyaltyExpiringBucket.Type

/** The latest transactions first; buckets in the order in which they expire. */
export const LoyaltyHistory = Schema.Struct({
  transactions: Schema.Array(LoyaltyTransaction),
  expiringBuckets: Schema.Array(LoyaltyExpiringBucket),
  nextCursor: Schema.NullOr(Schema.String)
}).annotate({ identifier: "LoyaltyHistory" })
export type LoyaltyHistory = typeof LoyaltyHistory.Type

/** The id is taken by another transaction, or by the same one of another consumer. */
export class LoyaltyTransactionConflict extends Schema.Error<LoyaltyTransactionConflict>("LoyaltyTransactionConflict")(
  errorFields("LoyaltyTransactionConflict", "Transaction id is taken by another transaction"),
  { httpApiStatus: 409 }
) {}

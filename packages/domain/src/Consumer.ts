import { Schema, Struct } from "effect"
import { errorFields } from "./Errors.ts"
import { ExternalId } from "./ExternalId.ts"
import { Instant, InstantInput } from "./Instant.ts"
import { Money } from "./Money.ts"
import { OrganizationId } from "./Organization.ts"
import { BooleanFromString, pageOf, pageQuery, SortDirection } from "./Page.ts"
import { ConsumerMetadata, ConsumerMetadataInput, Text, UuidText } from "./Scalar.ts"
import { SyncSource } from "./SyncSource.ts"

export const ConsumerId = UuidText.pipe(Schema.brand("ConsumerId"))
export type ConsumerId = typeof ConsumerId.Type

export const ConsumerStatus = Schema.Literals(["ACTIVE", "INACTIVE"]).annotate({ identifier: "ConsumerStatus" })
export type ConsumerStatus = typeof ConsumerStatus.Type

/** Degrees. */
export const GeoCoordinates = Schema.Struct({
  latitude: Schema.Finite,
  longitude: Schema.Finite
}).annotate({ identifier: "GeoCoordinates" })
export type GeoCoordinates = typeof GeoCoordinates.Type

const nullable = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** One `@` with something before it, and a dotted domain after it; at most 320 characters. */
export const Email = Text.check(
  Schema.isMaxLength(320),
  Schema.isPattern(/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/u, {
    expected: "an email address",
    toJsonSchema: () => ({ format: "email" })
  })
)

/** E.164, syntax only. */
export const Phone = Text.check(
  Schema.isPattern(/^\+[1-9]\d{1,14}$/u, { expected: "a phone number such as +14155550123", toJsonSchema: () => ({}) })
)

const Rank = Schema.Finite.check(Schema.isInt(), Schema.isBetween({ minimum: 0, maximum: 5 }))

/** Characters of a text attribute: a page holds a hundred consumers. */
export const maxTextLength = 10_000

const TextInput = Text.check(Schema.isMaxLength(maxTextLength))

/** Attributes that a caller sets and that may be unknown (null). */
const textOf = <S extends Schema.Top>(text: S) => ({
  fullName: nullable(text),
  lastGeoCity: nullable(text),
  lastGeoCountry: nullable(text),
  lastGeoPostalCode: nullable(text),
  lastGeoRegion: nullable(text),
  lastGeoSource: nullable(text),
  lastGeoTimezone: nullable(text)
})

/** Never null: 0 when nothing is known. */
const countsOf = <S extends Schema.Top>(count: S) => ({
  activityScore: Schema.optionalKey(count),
  engagedCount: Schema.optionalKey(count),
  loyaltyBalance: Schema.optionalKey(count),
  loyaltyLifetimePoints: Schema.optionalKey(count),
  monetaryScore: Schema.optionalKey(count),
  purchaseFrequencyScore: Schema.optionalKey(count),
  totalEngagements: Schema.optionalKey(count),
  totalMessages: Schema.optionalKey(count),
  totalOrders: Schema.optionalKey(count),
  totalReturns: Schema.optionalKey(count)
})

/** 1 to 5 in fifths of the organization's consumers; 0 = not ranked. */
const ranksOf = <S extends Schema.Top>(rank: S) => ({
  activityRank: Schema.optionalKey(rank),
  monetaryRank: Schema.optionalKey(rank),
  purchaseFrequencyRank: Schema.optionalKey(rank)
})

const amountsOf = <S extends Schema.Top>(amount: S) => ({
  aov: Schema.optionalKey(amount),
  ltv: Schema.optionalKey(amount)
})

const instantsOf = <S extends Schema.Top>(instant: S) => ({
  activityScoreUpdatedAt: nullable(instant),
  lastEngagedAt: nullable(instant),
  lastGeoAt: nullable(instant),
  lastLoginAt: nullable(instant),
  lastOrderAt: nullable(instant),
  lastReturnAt: nullable(instant),
  loyaltyLastActivityAt: nullable(instant),
  monetaryScoreUpdatedAt: nullable(instant),
  purchaseFrequencyScoreUpdatedAt: nullable(instant)
})

/** A person as one organization knows them. */
export const Consumer = Schema.Struct({
  id: ConsumerId,
  organizationId: OrganizationId,
  email: nullable(Schema.String.annotate({ format: "email" })),
  emailVerified: Schema.Boolean,
  phone: nullable(Schema.String),
  phoneVerified: Schema.Boolean,
  ...textOf(Schema.String),
  status: ConsumerStatus,
  smsOptOut: Schema.optionalKey(Schema.Boolean.annotate({ default: false })),
  ...countsOf(Schema.Finite.annotate({ default: 0 })),
  ...ranksOf(Rank.annotate({ default: 0 })),
  ...amountsOf(Money.annotate({ default: "0" })),
  ...instantsOf(Instant),
  lastGeoCoordinates: nullable(GeoCoordinates),
  metadata: nullable(ConsumerMetadata),
  primaryExternalId: nullable(Schema.String),
  primarySourceVendor: nullable(Schema.String),
  primarySyncSourceId: nullable(Schema.String),
  primaryLastSyncedAt: nullable(Instant),
  /** Always null: codes belong to whoever verifies, not here. */
  verificationCode: nullable(Schema.String),
  verificationCodeExpiresAt: nullable(Schema.String),
  archived: Schema.Boolean,
  createdAt: Instant,
  createdBy: Schema.String,
  updatedAt: nullable(Instant),
  updatedBy: nullable(Schema.String)
}).annotate({ identifier: "Consumer" })
export type Consumer = typeof Consumer.Type

export const ConsumerFull = Schema.Struct({
  ...Consumer.fields,
  primarySyncSource: nullable(SyncSource)
}).annotate({ identifier: "ConsumerFull" })
export type ConsumerFull = typeof ConsumerFull.Type

export const ConsumerPage = pageOf(ConsumerFull).annotate({ identifier: "ConsumerPage" })

/** One consumer of a batch: inserted, or merged into the one it identifies. An absent key leaves the stored value, null clears it. */
export const ConsumerCreate = Schema.Struct({
  email: nullable(Email),
  emailVerified: Schema.Boolean,
  phone: nullable(Phone),
  phoneVerified: Schema.Boolean,
  /** The caller's own id of this person. An extension; returned as `primaryExternalId`. */
  externalId: nullable(ExternalId),
  ...textOf(TextInput),
  status: ConsumerStatus,
  smsOptOut: Schema.optionalKey(Schema.Boolean),
  ...countsOf(Schema.Finite),
  ...ranksOf(Rank),
  ...amountsOf(Money),
  ...instantsOf(InstantInput),
  lastGeoCoordinates: nullable(GeoCoordinates),
  metadata: nullable(ConsumerMetadataInput),
  /** Validated and ignored. */
  verificationCode: nullable(Text),
  verificationCodeExpiresAt: nullable(Text)
}).annotate({ identifier: "ConsumerCreate" })
export type ConsumerCreate = typeof ConsumerCreate.Type

export const maxBatchSize = 500

export const ConsumersCreate = Schema.Struct({
  consumers: Schema.Array(ConsumerCreate).check(
    Schema.isMaxLength(maxBatchSize, { message: `Max batch size is ${maxBatchSize}` })
  )
}).annotate({ identifier: "ConsumersCreate" })
export type ConsumersCreate = typeof ConsumersCreate.Type

/** A partial update: an absent key leaves the value, null clears it, `metadata` replaces. */
export const ConsumerUpdate = Schema.Struct({
  ...Struct.pick(ConsumerCreate.fields, ["email", "fullName", "metadata", "phone", "smsOptOut"]),
  status: Schema.optionalKey(ConsumerStatus)
}).annotate({ identifier: "ConsumerUpdate" })
export type ConsumerUpdate = typeof ConsumerUpdate.Type

export const ConsumerSort = Schema.Literals(["createdAt", "email", "fullName", "lastOrderAt", "ltv", "totalOrders"])
export type ConsumerSort = typeof ConsumerSort.Type

/** The page of consumers to read, and in which order; live ones unless `archived=true`. */
export const consumerListQuery = {
  ...pageQuery,
  sortBy: Schema.optionalKey(ConsumerSort),
  sortDir: Schema.optionalKey(SortDirection),
  search: Schema.optionalKey(Text.check(Schema.isMinCodePoints(2))),
  audienceId: Schema.optionalKey(UuidText),
  createdAfter: Schema.optionalKey(InstantInput),
  createdBefore: Schema.optionalKey(InstantInput),
  archived: Schema.optionalKey(BooleanFromString)
}
export type ConsumerListQuery = Schema.Struct.Type<typeof consumerListQuery>

/** `erase`: what is known of the person is removed for good, too. */
export const consumerArchiveQuery = { erase: Schema.optionalKey(BooleanFromString) }
export type ConsumerArchiveQuery = Schema.Struct.Type<typeof consumerArchiveQuery>

export class ConsumerNotFound extends Schema.Error<ConsumerNotFound>("ConsumerNotFound")(
  errorFields("ConsumerNotFound", "Consumer not found"),
  { httpApiStatus: 404 }
) {}

export class ConsumerArchived extends Schema.Error<ConsumerArchived>("ConsumerArchived")(
  errorFields("ConsumerArchived", "Consumer is archived"),
  { httpApiStatus: 409 }
) {}

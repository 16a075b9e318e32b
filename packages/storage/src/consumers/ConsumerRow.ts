import { Consumer } from "@audiences/domain/Consumer"
import { canonicalMoney } from "@audiences/domain/Money"
import { foldConsumer } from "@audiences/engine/consumers/FoldedConsumer"
import { ConsumerMetadata } from "@audiences/domain/Scalar"
import { Schema, String, Struct } from "effect"
import type { SqlClient } from "effect/sql"

const instant = Schema.NullOr(Schema.DateTimeUtcFromDate)
const text = Schema.NullOr(Schema.String)

/** A row of `consumers`, without what is folded. */
export const ConsumerRow = Schema.Struct({
  ...Struct.pick(Consumer.fields, [
    "id",
    "organizationId",
    "emailVerified",
    "phoneVerified",
    "status",
    "archived",
    "createdBy"
  ]),
  ordinal: Schema.Finite,
  email: text,
  phone: text,
  fullName: text,
  smsOptOut: Schema.Boolean,
  activityScore: Schema.Finite,
  engagedCount: Schema.Finite,
  loyaltyBalance: Schema.Finite,
  loyaltyLifetimePoints: Schema.Finite,
  monetaryScore: Schema.Finite,
  purchaseFrequencyScore: Schema.Finite,
  totalEngagements: Schema.Finite,
  totalMessages: Schema.Finite,
  totalOrders: Schema.Finite,
  totalReturns: Schema.Finite,
  activityRank: Schema.Finite,
  monetaryRank: Schema.Finite,
  purchaseFrequencyRank: Schema.Finite,
  aov: Schema.String,
  ltv: Schema.String,
  activityScoreUpdatedAt: instant,
  lastEngagedAt: instant,
  lastGeoAt: instant,
  lastLoginAt: instant,
  lastOrderAt: instant,
  lastReturnAt: instant,
  loyaltyLastActivityAt: instant,
  monetaryScoreUpdatedAt: instant,
  purchaseFrequencyScoreUpdatedAt: instant,
  lastGeoCity: text,
  lastGeoCountry: text,
  lastGeoPostalCode: text,
  lastGeoRegion: text,
  lastGeoSource: text,
  lastGeoTimezone: text,
  lastGeoLatitude: Schema.NullOr(Schema.Finite),
  lastGeoLongitude: Schema.NullOr(Schema.Finite),
  metadata: Schema.NullOr(ConsumerMetadata),
  primaryExternalId: text,
  primarySourceVendor: text,
  primarySyncSourceId: text,
  primaryLastSyncedAt: instant,
  createdAt: Schema.DateTimeUtcFromDate,
  updatedAt: instant,
  updatedBy: text
})
export type ConsumerRow = typeof ConsumerRow.Type

/** The columns that `ConsumerRow` is read from, as `c.<column>`. */
export const consumerColumns = (sql: SqlClient.SqlClient) =>
  sql.literal(
    Struct.keys(ConsumerRow.fields)
      .map((name) => `c.${String.camelToSnake(name)}`)
      .join(", ")
  )

export const consumerOf = ({ ordinal: _, lastGeoLatitude, lastGeoLongitude, ...row }: ConsumerRow): Consumer => ({
  ...row,
  aov: canonicalMoney(row.aov),
  ltv: canonicalMoney(row.ltv),
  lastGeoCoordinates:
    lastGeoLatitude === null || lastGeoLongitude === null
      ? null
      : { latitude: lastGeoLatitude, longitude: lastGeoLongitude },
  verificationCode: null,
  verificationCodeExpiresAt: null
})

/** The row as JSON in the names of the columns, folded columns included: what `jsonb_to_recordset` takes. */
export const consumerRecord = (row: ConsumerRow): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries({ ...row, ...foldConsumer(row) }).map(([name, value]) => [String.camelToSnake(name), value])
  )

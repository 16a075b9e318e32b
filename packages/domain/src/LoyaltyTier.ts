import { Schema } from "effect"
import { AudienceFull, AudienceName } from "./Audience.ts"
import { Text } from "./Scalar.ts"

/** What the tiers of a programme are cut by. */
export const TierAttribute = Schema.Literals([
  "loyaltyBalance",
  "loyaltyLifetimePoints",
  "ltv",
  "totalOrders",
  "aov",
  "activityScore",
  "purchaseFrequencyScore",
  "monetaryScore"
]).annotate({ identifier: "TierAttribute" })
export type TierAttribute = typeof TierAttribute.Type

const StringOrNumber = Schema.Union([Text, Schema.Finite])

/**
 * The range `[startValue, endValue)` of the attribute; without an end, everything from the start on. Amounts are best sent as decimal
 * texts: a JSON number of more than 15 digits is refused.
 */
export const TierInput = Schema.Struct({
  name: AudienceName,
  order: Schema.Finite,
  startValue: StringOrNumber,
  endValue: Schema.optionalKey(Schema.NullOr(StringOrNumber)),
  iconName: Schema.optionalKey(Schema.NullOr(Text))
}).annotate({ identifier: "TierInput" })
export type TierInput = typeof TierInput.Type

export const LoyaltyTiersInput = Schema.Struct({
  attribute: TierAttribute,
  groupName: Text,
  tiers: Schema.Array(TierInput)
}).annotate({ identifier: "LoyaltyTiersInput" })
export type LoyaltyTiersInput = typeof LoyaltyTiersInput.Type

export const LoyaltyTiersResult = Schema.Struct({
  audiences: Schema.Array(AudienceFull),
  tierGroup: Schema.String
}).annotate({ identifier: "LoyaltyTiersResult" })
export type LoyaltyTiersResult = typeof LoyaltyTiersResult.Type

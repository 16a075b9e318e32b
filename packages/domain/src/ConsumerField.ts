/** How the values of a field compare: text folded, money as decimals, instants in time. */
export type FieldKind = "text" | "number" | "money" | "instant" | "boolean"

/** The consumer attributes that rules may name and imports may fill, each with its kind. `emailDomain` is derived from `email`. */
export const consumerFields = {
  email: "text",
  emailDomain: "text",
  phone: "text",
  fullName: "text",
  status: "text",
  lastGeoCity: "text",
  lastGeoCountry: "text",
  lastGeoPostalCode: "text",
  lastGeoRegion: "text",
  lastGeoSource: "text",
  lastGeoTimezone: "text",
  primaryExternalId: "text",
  primarySourceVendor: "text",
  createdBy: "text",
  updatedBy: "text",
  emailVerified: "boolean",
  phoneVerified: "boolean",
  smsOptOut: "boolean",
  activityRank: "number",
  activityScore: "number",
  engagedCount: "number",
  loyaltyBalance: "number",
  loyaltyLifetimePoints: "number",
  monetaryRank: "number",
  monetaryScore: "number",
  purchaseFrequencyRank: "number",
  purchaseFrequencyScore: "number",
  totalEngagements: "number",
  totalMessages: "number",
  totalOrders: "number",
  totalReturns: "number",
  aov: "money",
  ltv: "money",
  activityScoreUpdatedAt: "instant",
  createdAt: "instant",
  lastEngagedAt: "instant",
  lastGeoAt: "instant",
  lastLoginAt: "instant",
  lastOrderAt: "instant",
  lastReturnAt: "instant",
  loyaltyLastActivityAt: "instant",
  monetaryScoreUpdatedAt: "instant",
  primaryLastSyncedAt: "instant",
  purchaseFrequencyScoreUpdatedAt: "instant",
  updatedAt: "instant"
} as const satisfies Record<string, FieldKind>

export type ConsumerFieldName = keyof typeof consumerFields

/** The names of the fields of one kind. */
export type FieldOfKind<Kind extends FieldKind> = {
  [Name in ConsumerFieldName]: (typeof consumerFields)[Name] extends Kind ? Name : never
}[ConsumerFieldName]

/** Other names under which callers know a field. */
export const fieldAliases = {
  totalOrderValue: "ltv",
  totalSpend: "ltv",
  lifetimeSpend: "ltv",
  averageOrderValue: "aov",
  loyaltyPoints: "loyaltyBalance",
  externalId: "primaryExternalId",
  lastPurchaseAt: "lastOrderAt",
  lastActivityAt: "lastEngagedAt"
} as const satisfies Record<string, ConsumerFieldName>

const metadataPrefix = "metadata."

export type FieldReference =
  | {
      [Kind in FieldKind]: { readonly _tag: "Attribute"; readonly name: FieldOfKind<Kind>; readonly kind: Kind }
    }[FieldKind]
  /** `key` is everything after the first dot, exactly as written. */
  | { readonly _tag: "Metadata"; readonly key: string }

/** What a field name in a rule refers to; `undefined` when there is no such field. */
export const resolveField = (field: string): FieldReference | undefined => {
  if (field.startsWith(metadataPrefix) && field.length > metadataPrefix.length) {
    return { _tag: "Metadata", key: field.slice(metadataPrefix.length) }
  }
  const name = Object.hasOwn(fieldAliases, field) ? fieldAliases[field as keyof typeof fieldAliases] : field
  return Object.hasOwn(consumerFields, name)
    ? ({ _tag: "Attribute", name, kind: consumerFields[name as ConsumerFieldName] } as FieldReference)
    : undefined
}

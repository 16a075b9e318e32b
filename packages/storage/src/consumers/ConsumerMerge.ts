import { canonicalMoney } from "@audiences/domain/Money"
import type { ConsumerPatch } from "@audiences/engine/consumers/ConsumerPatch"
import { DateTime, Equal } from "effect"
import { isDeepStrictEqual } from "node:util"
import type { ConsumerRow } from "./ConsumerRow.ts"

type Attributes = Omit<
  ConsumerRow,
  "id" | "organizationId" | "ordinal" | "archived" | "createdAt" | "createdBy" | "updatedAt" | "updatedBy"
>

/** A consumer of whom nothing is known. */
export const blankConsumer: Attributes = {
  email: null,
  emailVerified: false,
  phone: null,
  phoneVerified: false,
  fullName: null,
  status: "ACTIVE",
  smsOptOut: false,
  activityScore: 0,
  engagedCount: 0,
  loyaltyBalance: 0,
  loyaltyLifetimePoints: 0,
  monetaryScore: 0,
  purchaseFrequencyScore: 0,
  totalEngagements: 0,
  totalMessages: 0,
  totalOrders: 0,
  totalReturns: 0,
  activityRank: 0,
  monetaryRank: 0,
  purchaseFrequencyRank: 0,
  aov: "0",
  ltv: "0",
  activityScoreUpdatedAt: null,
  lastEngagedAt: null,
  lastGeoAt: null,
  lastLoginAt: null,
  lastOrderAt: null,
  lastReturnAt: null,
  loyaltyLastActivityAt: null,
  monetaryScoreUpdatedAt: null,
  purchaseFrequencyScoreUpdatedAt: null,
  lastGeoCity: null,
  lastGeoCountry: null,
  lastGeoPostalCode: null,
  lastGeoRegion: null,
  lastGeoSource: null,
  lastGeoTimezone: null,
  lastGeoLatitude: null,
  lastGeoLongitude: null,
  metadata: null,
  primaryExternalId: null,
  primarySourceVendor: null,
  primarySyncSourceId: null,
  primaryLastSyncedAt: null
}

/** A patch in the columns of a row, each value in the form in which it is kept. */
const columnsOf = ({ lastGeoCoordinates, metadata, aov, ltv, ...rest }: ConsumerPatch): Partial<Attributes> => ({
  ...rest,
  ...(aov === undefined ? {} : { aov: canonicalMoney(aov) }),
  ...(ltv === undefined ? {} : { ltv: canonicalMoney(ltv) }),
  // Through JSON, as the database keeps it: -0 comes back as 0.
  ...(metadata === undefined ? {} : { metadata: JSON.parse(JSON.stringify(metadata)) as typeof metadata }),
  ...(lastGeoCoordinates === undefined
    ? {}
    : {
        lastGeoLatitude: lastGeoCoordinates?.latitude ?? null,
        lastGeoLongitude: lastGeoCoordinates?.longitude ?? null
      })
})

const same = (name: string, stored: unknown, given: unknown): boolean => {
  if (stored === given) return true
  if (DateTime.isDateTime(stored)) return Equal.equals(stored, given)
  switch (name) {
    case "aov":
    case "ltv":
      return canonicalMoney(stored as string) === given
    case "metadata":
      return isDeepStrictEqual(stored, given)
    default:
      return false
  }
}

/** Fields of the contract that change with a column beside the one of its name. */
const derivedFields: Partial<Record<string, ReadonlyArray<string>>> = {
  email: ["email", "emailDomain"],
  lastGeoLatitude: ["lastGeoCoordinates"],
  lastGeoLongitude: ["lastGeoCoordinates"]
}

export interface Merged<Row> {
  readonly row: Row
  /** The fields that differ now, by their names in the contract. */
  readonly changed: ReadonlySet<string>
}

export const mergePatch = <Row extends Attributes>(row: Row, patch: ConsumerPatch): Merged<Row> => {
  const columns = columnsOf(patch)
  const changed = new Set<string>()
  for (const [name, given] of Object.entries(columns)) {
    if (same(name, row[name as keyof Attributes], given)) continue
    for (const field of derivedFields[name] ?? [name]) changed.add(field)
  }
  return { row: { ...row, ...columns }, changed }
}

import { fold } from "@audiences/domain/Fold"
import type { ConsumerMetadata } from "@audiences/domain/Scalar"
import type { Consumer } from "@audiences/domain/Consumer"

type Folded =
  | "email"
  | "fullName"
  | "primaryExternalId"
  | "primarySourceVendor"
  | `lastGeo${"City" | "Country" | "PostalCode" | "Region" | "Source" | "Timezone"}`

/** What rules, searches and identities compare of a consumer: its texts folded, and what is derived from them. */
export type FoldedConsumer = { readonly [Name in Folded as `${Name}Folded`]: string | null } & {
  readonly emailDomainFolded: string | null
  readonly metadataFolded: ConsumerMetadata | null
}

const foldNullable = (text: string | null | undefined): string | null =>
  text === null || text === undefined ? null : fold(text)

type MetadataValue = ConsumerMetadata[string]

const isList = (value: MetadataValue): value is Extract<MetadataValue, ReadonlyArray<unknown>> => Array.isArray(value)

const foldValue = (value: MetadataValue): MetadataValue => {
  if (typeof value === "string") return fold(value)
  // A database may hold an object where the contract has none.
  if (!isList(value)) return value
  return value.every((each) => typeof each !== "string" || fold(each) === each)
    ? value
    : value.map((each) => (typeof each === "string" ? fold(each) : each))
}

/** Keys stay as they are: a rule names them exactly. What is folded already comes back as it is. */
export const foldMetadata = (metadata: ConsumerMetadata): ConsumerMetadata => {
  let folded: { [key: string]: MetadataValue } | undefined
  for (const key of Object.keys(metadata)) {
    const value = foldValue(metadata[key]!)
    if (value !== metadata[key]) (folded ??= { ...metadata })[key] = value
  }
  return folded ?? metadata
}

/** The only place where consumers are folded. An attribute that is absent or null folds to null. */
export const foldConsumer = (consumer: Partial<Pick<Consumer, Folded | "metadata">>): FoldedConsumer => {
  const emailFolded = foldNullable(consumer.email)
  return {
    emailFolded,
    emailDomainFolded: emailFolded === null ? null : emailFolded.slice(emailFolded.lastIndexOf("@") + 1),
    fullNameFolded: foldNullable(consumer.fullName),
    lastGeoCityFolded: foldNullable(consumer.lastGeoCity),
    lastGeoCountryFolded: foldNullable(consumer.lastGeoCountry),
    lastGeoPostalCodeFolded: foldNullable(consumer.lastGeoPostalCode),
    lastGeoRegionFolded: foldNullable(consumer.lastGeoRegion),
    lastGeoSourceFolded: foldNullable(consumer.lastGeoSource),
    lastGeoTimezoneFolded: foldNullable(consumer.lastGeoTimezone),
    primaryExternalIdFolded: foldNullable(consumer.primaryExternalId),
    primarySourceVendorFolded: foldNullable(consumer.primarySourceVendor),
    metadataFolded:
      consumer.metadata === null || consumer.metadata === undefined ? null : foldMetadata(consumer.metadata)
  }
}

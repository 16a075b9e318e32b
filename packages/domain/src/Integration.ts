import { Schema } from "effect"
import { errorFields, errorFieldsOpen } from "./Errors.ts"
import { Instant } from "./Instant.ts"
import { Text } from "./Scalar.ts"
import { Vendor } from "./Vendor.ts"

/** An organization's account at a vendor. */
export const Integration = Schema.Struct({
  vendor: Vendor,
  /** By name, what is set: of secrets the last four characters after `…`, all of what is none. */
  credentials: Schema.Record(Schema.String, Schema.String),
  /** The vendor's properties of a person that become metadata, with the key that each has there. */
  properties: Schema.Record(Schema.String, Schema.String),
  createdAt: Instant,
  createdBy: Schema.String,
  updatedAt: Schema.NullOr(Instant),
  updatedBy: Schema.NullOr(Schema.String)
}).annotate({ identifier: "Integration" })
export type Integration = typeof Integration.Type

export const IntegrationList = Schema.Struct({ data: Schema.Array(Integration) }).annotate({
  identifier: "IntegrationList"
})
export type IntegrationList = typeof IntegrationList.Type

const PropertyName = Text.check(Schema.isNonEmpty(), Schema.isMaxCodePoints(255))

const maxProperties = 100

/** A partial update: an absent key leaves what is set, a present one replaces all of it. */
export const IntegrationUpdate = Schema.Struct({
  /** Every text that opens an account at this vendor, by name. */
  credentials: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  properties: Schema.optionalKey(
    Schema.Record(Schema.String, PropertyName).check(
      // A check, since a record schema drops the keys that its key schema refuses.
      Schema.makeFilter((properties) => Object.keys(properties).every(Schema.is(PropertyName)), {
        expected: "names of properties of 1 to 255 characters"
      }),
      Schema.makeFilter((properties) => Object.keys(properties).length <= maxProperties, {
        expected: `at most ${maxProperties} properties`
      }),
      Schema.makeFilter((properties) => new Set(Object.values(properties)).size === Object.keys(properties).length, {
        expected: "a key of its own for every property"
      })
    )
  )
}).annotate({ identifier: "IntegrationUpdate" })
export type IntegrationUpdate = typeof IntegrationUpdate.Type

/** A list at a vendor, named as the `primarySyncSource` of an audience names it. */
export const VendorListing = Schema.Struct({
  syncSource: Schema.String,
  syncSourceId: Schema.String,
  name: Schema.String,
  /** Null where the vendor does not tell without being asked for the one list. */
  memberCount: Schema.NullOr(Schema.Finite)
}).annotate({ identifier: "VendorListing" })

export const VendorListings = Schema.Struct({
  data: Schema.Array(VendorListing),
  /** Whether these are all. */
  complete: Schema.Boolean
}).annotate({ identifier: "VendorListings" })
export type VendorListings = typeof VendorListings.Type

export class IntegrationNotFound extends Schema.Error<IntegrationNotFound>("IntegrationNotFound")(
  errorFields("IntegrationNotFound", "Integration not found"),
  { httpApiStatus: 404 }
) {}

/** The vendor does not let the credentials in. */
export class VendorRefused extends Schema.Error<VendorRefused>("VendorRefused")(
  errorFieldsOpen("VendorRefused", "The vendor refuses the credentials"),
  { httpApiStatus: 409 }
) {}

/** The vendor cannot be reached, or answers what nobody understands. */
export class VendorFailed extends Schema.Error<VendorFailed>("VendorFailed")(
  errorFieldsOpen("VendorFailed", "The vendor cannot be reached"),
  { httpApiStatus: 502 }
) {}

/** This server lacks the key to encrypt credentials, or that with which they were encrypted. */
export class EncryptionKeyMissing extends Schema.Error<EncryptionKeyMissing>("EncryptionKeyMissing")(
  errorFieldsOpen("EncryptionKeyMissing", "This server has no encryption key: set AUDIENCES_ENCRYPTION_KEY"),
  { httpApiStatus: 409 }
) {}

import { Schema } from "effect"
import { AudienceId } from "./AudienceId.ts"
import { errorFields } from "./Errors.ts"
import { Import } from "./Import.ts"
import { Instant, InstantInput } from "./Instant.ts"
import { OrganizationId } from "./Organization.ts"
import { BooleanFromString, pageOf, pageQuery, SortDirection } from "./Page.ts"
import { Rule, RuleLine } from "./Rule.ts"
import { OpenMap, OpenMapInput, Text, UuidText } from "./Scalar.ts"
import { SyncSource, SyncSourceInput } from "./SyncSource.ts"

/** DYNAMIC: who meets the rules. STATIC_LIST: who was chosen. SYNCED_LIST: kept equal to a list at a vendor. */
export const AudienceType = Schema.Literals(["DYNAMIC", "STATIC_LIST", "SYNCED_LIST"]).annotate({
  identifier: "AudienceType"
})
export type AudienceType = typeof AudienceType.Type

export const AudienceGroupType = Schema.Literals(["SEGMENTED_VALUE", "RFM"]).annotate({
  identifier: "AudienceGroupType"
})
export type AudienceGroupType = typeof AudienceGroupType.Type

const nullable = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** A named set of consumers inside one organization, without its rules and imports: the "flat" shape of the wire. */
export const Audience = Schema.Struct({
  id: AudienceId,
  organizationId: OrganizationId,
  name: Schema.String.check(Schema.isNonEmpty()),
  description: nullable(Schema.String),
  type: AudienceType,
  groupId: nullable(UuidText),
  groupName: nullable(Schema.String),
  groupType: nullable(AudienceGroupType),
  iconName: nullable(Schema.String),
  metadata: nullable(OpenMap),
  /** Seconds between refreshes. `null`: refreshed only on demand and by change. */
  refreshIntervalSeconds: nullable(Schema.Finite),
  lastRefreshedAt: nullable(Instant),
  primarySyncSourceId: nullable(Schema.String),
  /** Mirrors of the primary sync source. */
  primaryExternalId: nullable(Schema.String),
  primarySourceVendor: nullable(Schema.String),
  primaryLastSyncedAt: nullable(Instant),
  archived: Schema.Boolean,
  createdAt: Instant,
  createdBy: Schema.String,
  updatedAt: nullable(Instant),
  updatedBy: nullable(Schema.String)
}).annotate({ identifier: "Audience" })
export type Audience = typeof Audience.Type

/** An audience with all that hangs on it. */
export const AudienceFull = Schema.Struct({
  ...Audience.fields,
  rules: Schema.Array(Rule),
  /** Newest first, at most the latest 20, without the errors of their rows: those come with the import itself. */
  imports: Schema.Array(Import),
  primarySyncSource: nullable(SyncSource)
}).annotate({ identifier: "AudienceFull" })
export type AudienceFull = typeof AudienceFull.Type

export const AudiencePage = pageOf(AudienceFull).annotate({ identifier: "AudiencePage" })

const chosen = {
  description: nullable(Text),
  groupId: nullable(UuidText),
  groupName: nullable(Text),
  groupType: nullable(AudienceGroupType),
  iconName: nullable(Text),
  /** Validated and ignored: the server sets it. */
  lastRefreshedAt: nullable(InstantInput),
  metadata: nullable(OpenMapInput),
  refreshIntervalSeconds: nullable(
    Schema.Finite.check(
      Schema.isInt(),
      Schema.isBetween({ minimum: 1, maximum: 2_147_483_647 }, { expected: "a whole number of seconds, 1 or more" })
    )
  )
}

/** Trimmed, 1 to 255 characters; need not be unique. */
export const AudienceName = Schema.Trim.pipe(
  Schema.decodeTo(Text.check(Schema.isNonEmpty(), Schema.isMaxCodePoints(255)))
)

/** What a caller may choose; the server fills in the rest. */
export const AudienceCreate = Schema.Struct({
  name: AudienceName,
  type: AudienceType,
  ...chosen,
  rules: nullable(Schema.Array(RuleLine)),
  primarySyncSource: nullable(SyncSourceInput)
}).annotate({ identifier: "AudienceCreate" })
export type AudienceCreate = typeof AudienceCreate.Type

/** A partial update: an absent key leaves the value, null clears it. `type` may be sent only with its present value. */
export const AudienceUpdate = Schema.Struct({
  name: Schema.optionalKey(AudienceName),
  type: Schema.optionalKey(AudienceType),
  ...chosen
}).annotate({ identifier: "AudienceUpdate" })
export type AudienceUpdate = typeof AudienceUpdate.Type

export const AudienceSort = Schema.Literals(["createdAt", "name", "lastRefreshedAt"])
export type AudienceSort = typeof AudienceSort.Type

/** The page of audiences to read, and in which order; live ones unless `archived=true`. */
export const audienceListQuery = {
  ...pageQuery,
  sortBy: Schema.optionalKey(AudienceSort),
  sortDir: Schema.optionalKey(SortDirection),
  search: Schema.optionalKey(Text.check(Schema.isMinCodePoints(2))),
  type: Schema.optionalKey(AudienceType),
  archived: Schema.optionalKey(BooleanFromString),
  groupId: Schema.optionalKey(UuidText)
}
export type AudienceListQuery = Schema.Struct.Type<typeof audienceListQuery>

export class AudienceNotFound extends Schema.Error<AudienceNotFound>("AudienceNotFound")(
  errorFields("AudienceNotFound", "Audience not found"),
  { httpApiStatus: 404 }
) {}

export class AudienceArchived extends Schema.Error<AudienceArchived>("AudienceArchived")(
  errorFields("AudienceArchived", "Audience is archived"),
  { httpApiStatus: 409 }
) {}

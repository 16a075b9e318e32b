import { Schema } from "effect"
import { AudienceId } from "./AudienceId.ts"
import { errorFields } from "./Errors.ts"
import { Instant, InstantInput } from "./Instant.ts"
import { OrganizationId } from "./Organization.ts"
import { BooleanFromString, pageOf, pageQuery, SortDirection } from "./Page.ts"
import { OpenMap, OpenMapInput, Text, UuidText } from "./Scalar.ts"

export const SyncSourceId = UuidText.pipe(Schema.brand("SyncSourceId"))
export type SyncSourceId = typeof SyncSourceId.Type

export const SyncStatus = Schema.Literals(["PENDING", "SUCCESS", "FAILED"]).annotate({ identifier: "SyncStatus" })
export type SyncStatus = typeof SyncStatus.Type

/** Where a SYNCED_LIST audience, or a consumer, comes from. `syncSource` is `vendor:kind`, `syncSourceId` the vendor's own id. */
export const SyncSource = Schema.Struct({
  id: SyncSourceId,
  organizationId: OrganizationId,
  syncSource: Schema.String,
  syncSourceId: Schema.String,
  syncStatus: Schema.optionalKey(Schema.NullOr(SyncStatus).annotate({ default: "PENDING" })),
  lastSyncedAt: Schema.optionalKey(Schema.NullOr(Instant)),
  sourceData: Schema.optionalKey(Schema.NullOr(OpenMap)),
  archived: Schema.Boolean,
  createdAt: Instant,
  createdBy: Schema.String,
  updatedAt: Schema.optionalKey(Schema.NullOr(Instant)),
  updatedBy: Schema.optionalKey(Schema.NullOr(Schema.String))
}).annotate({ identifier: "SyncSource" })
export type SyncSource = typeof SyncSource.Type

/** `syncStatus` and `lastSyncedAt` are validated and ignored: the server sets them. */
export const SyncSourceInput = Schema.Struct({
  syncSource: Text.check(Schema.isNonEmpty()),
  syncSourceId: Text.check(Schema.isNonEmpty()),
  syncStatus: Schema.optionalKey(Schema.NullOr(SyncStatus)),
  lastSyncedAt: Schema.optionalKey(Schema.NullOr(InstantInput)),
  sourceData: Schema.optionalKey(Schema.NullOr(OpenMapInput))
}).annotate({ identifier: "SyncSourceInput" })
export type SyncSourceInput = typeof SyncSourceInput.Type

/** The sync of an audience has been asked for. */
export const SyncStarted = Schema.Struct({
  success: Schema.Literal(true),
  syncSourceId: Schema.String,
  status: Schema.Literal("PENDING")
}).annotate({ identifier: "SyncStarted" })
export type SyncStarted = typeof SyncStarted.Type

/** How far a sync has come. `reading`: pages of the vendor arrive; `applying`: all are here, and become consumers. */
export const SyncProgress = Schema.Struct({
  phase: Schema.Literals(["reading", "applying"]),
  startedAt: Instant,
  /** Profiles that have arrived, each counted once. */
  profilesRead: Schema.Finite,
  /** Of these, how many are written as consumers. Members change once all are. */
  profilesApplied: Schema.Finite,
  /** The vendor was away: when the sync goes on. Null: it is at work. */
  retryAt: Schema.NullOr(Instant)
}).annotate({ identifier: "SyncProgress" })
export type SyncProgress = typeof SyncProgress.Type

/** A sync source with the audience that it fills (null: none any more) and the sync that is not over (null: there is none). */
export const SyncSourceFull = Schema.Struct({
  ...SyncSource.fields,
  audienceId: Schema.NullOr(AudienceId),
  progress: Schema.NullOr(SyncProgress)
}).annotate({ identifier: "SyncSourceFull" })
export type SyncSourceFull = typeof SyncSourceFull.Type

export const SyncSourcePage = pageOf(SyncSourceFull).annotate({ identifier: "SyncSourcePage" })

/** A source for a SYNCED_LIST that has none. */
export const SyncSourceCreate = Schema.Struct({
  audienceId: AudienceId,
  ...SyncSourceInput.fields
}).annotate({ identifier: "SyncSourceCreate" })
export type SyncSourceCreate = typeof SyncSourceCreate.Type

/** Live ones unless `archived=true`, newest first unless `sortDir=asc`. */
export const syncSourceListQuery = {
  ...pageQuery,
  sortDir: Schema.optionalKey(SortDirection),
  archived: Schema.optionalKey(BooleanFromString)
}
export type SyncSourceListQuery = Schema.Struct.Type<typeof syncSourceListQuery>

export class SyncSourceNotFound extends Schema.Error<SyncSourceNotFound>("SyncSourceNotFound")(
  errorFields("SyncSourceNotFound", "Sync source not found"),
  { httpApiStatus: 404 }
) {}

/** One sync of a source at a time. */
export class SyncInProgress extends Schema.Error<SyncInProgress>("SyncInProgress")(
  errorFields("SyncInProgress", "Sync already in progress"),
  { httpApiStatus: 409 }
) {}

/** An audience is kept equal to one list only. */
export class SyncSourcePresent extends Schema.Error<SyncSourcePresent>("SyncSourcePresent")(
  errorFields("SyncSourcePresent", "Audience has a sync source already: remove that one first"),
  { httpApiStatus: 409 }
) {}

import { Schema } from "effect"
import { Instant, InstantInput } from "./Instant.ts"
import { OrganizationId } from "./Organization.ts"
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

import { Schema } from "effect"
import { Instant } from "./Instant.ts"
import { pageQuery } from "./Page.ts"
import { SyncStatus } from "./SyncSource.ts"
import { UuidText } from "./Scalar.ts"

/** `count` equals the number of members that the member list pages through at that version. */
export const AudienceCount = Schema.Struct({
  audienceId: Schema.String,
  count: Schema.Finite
}).annotate({ identifier: "AudienceCount" })
export type AudienceCount = typeof AudienceCount.Type

/** How fresh the membership of an audience is. */
export const AudienceStatus = Schema.Struct({
  audienceId: Schema.String,
  /** Grows by one with every published change of membership; 0 before the first. */
  version: Schema.Finite,
  /** A change is known that the membership does not reflect yet, or the refresh interval has passed. */
  stale: Schema.Boolean,
  inProgress: Schema.Boolean,
  /** Blocks of 65,536 consumers still to evaluate. */
  pendingShards: Schema.optionalKey(Schema.NullOr(Schema.Finite)),
  lastRefreshedAt: Schema.optionalKey(Schema.NullOr(Instant)),
  refreshIntervalSeconds: Schema.optionalKey(Schema.NullOr(Schema.Finite)),
  syncStatus: Schema.optionalKey(Schema.NullOr(SyncStatus)),
  lastSyncedAt: Schema.optionalKey(Schema.NullOr(Instant))
}).annotate({ identifier: "AudienceStatus" })
export type AudienceStatus = typeof AudienceStatus.Type

const ConsumerIds = Schema.Struct({ consumerIds: Schema.Array(UuidText) })

export const MembersAdd = ConsumerIds.annotate({ identifier: "MembersAdd" })
export type MembersAdd = typeof MembersAdd.Type

export const MembersAdded = Schema.Struct({
  audienceId: Schema.String,
  /** Members that were there already are not counted. */
  addedCount: Schema.Finite
}).annotate({ identifier: "MembersAdded" })
export type MembersAdded = typeof MembersAdded.Type

export const MembersRemove = ConsumerIds.annotate({ identifier: "MembersRemove" })
export type MembersRemove = typeof MembersRemove.Type

export const MembersRemoved = Schema.Struct({
  audienceId: Schema.String,
  removedCount: Schema.Finite
}).annotate({ identifier: "MembersRemoved" })
export type MembersRemoved = typeof MembersRemoved.Type

/** Ordered by consumer id; the cursors pin the version of the membership. */
export const memberListQuery = pageQuery

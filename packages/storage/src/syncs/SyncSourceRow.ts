import { SyncSource } from "@audiences/domain/SyncSource"
import { Schema } from "effect"

const instant = Schema.NullOr(Schema.DateTimeUtcFromDate)

/** A row of `sync_sources`. */
export const SyncSourceRow = Schema.Struct({
  ...SyncSource.fields,
  lastSyncedAt: instant,
  createdAt: Schema.DateTimeUtcFromDate,
  updatedAt: instant
})

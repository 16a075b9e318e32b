import type { Actor } from "@audiences/domain/Actor"
import { ConsumerMetadata } from "@audiences/domain/Scalar"
import { fold } from "@audiences/domain/Fold"
import type { ProfilePatch } from "@audiences/engine/syncs/MappedProfile"
import { sourceName } from "@audiences/engine/syncs/SourceName"
import type { SyncTask } from "@audiences/engine/syncs/SyncRepo"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { type BatchEntry, type BatchPatch, planBatch, recordBatch, writeBatch } from "../consumers/ConsumerBatch.ts"
import type { ConsumerRow } from "../consumers/ConsumerRow.ts"
import { stampKnown } from "./KnownProfiles.ts"
import { WrittenProfiles } from "./WrittenProfiles.ts"

/** A staged profile. */
export interface StagedProfile {
  readonly profileId: string
  readonly patch: ProfilePatch
}

const text = Schema.optionalKey(Schema.String)

/** The form in which a patch is staged. */
export const StagedPatch = Schema.Struct({
  email: text,
  phone: text,
  fullName: text,
  primaryExternalId: text,
  metadata: Schema.optionalKey(ConsumerMetadata)
})

/**
 * Whose external id and primary source a consumer has. `own`: this source's; `free`: nobody's; `sibling`: another list's of the same
 * vendor, where the person has the same id; `foreign`: the caller's, or another vendor's, which stay.
 */
const belonging = (stored: ConsumerRow | null, patch: ProfilePatch, task: SyncTask) => {
  if (stored === null || stored.primarySyncSourceId === task.syncSourceId) return "own"
  if (stored.primarySyncSourceId !== null) {
    return stored.primarySourceVendor === sourceName(task.syncSource).vendor ? "sibling" : "foreign"
  }
  const { primaryExternalId } = stored
  return primaryExternalId === null || fold(primaryExternalId) === fold(patch.primaryExternalId ?? "")
    ? "free"
    : "foreign"
}

/** A planned entry as this source may write it, and what still speaks against it. */
const resolved = (entry: BatchEntry, task: SyncTask, syncedAt: DateTime.Utc): BatchEntry => {
  const { identity, stored } = entry
  const { primaryExternalId, ...attributes } = entry.patch
  const whose = belonging(stored, entry.patch, task)
  const { metadata } = attributes
  const patch: BatchPatch = {
    ...attributes,
    ...(whose === "foreign" || primaryExternalId === undefined ? {} : { primaryExternalId }),
    ...(metadata === undefined ? {} : { metadata: { ...stored?.metadata, ...metadata } }),
    ...(whose === "own" || whose === "free"
      ? {
          primarySyncSourceId: task.syncSourceId,
          primarySourceVendor: sourceName(task.syncSource).vendor,
          primaryLastSyncedAt: syncedAt
        }
      : {})
  }
  const conflicts =
    whose === "foreign"
      ? identity.conflicts.filter(({ identifier }) => identifier !== "externalId")
      : identity.conflicts
  return { stored, identity: { ...identity, conflicts }, patch }
}

const isRepeated = ({ entry }: PlannedProfile) => entry.identity.conflicts.some(({ _tag }) => _tag === "Repeated")

interface PlannedProfile {
  readonly profileId: string
  readonly entry: BatchEntry
}

/** A chunk that is being written. */
interface Writing {
  readonly sql: SqlClient.SqlClient
  readonly task: SyncTask
  readonly now: DateTime.Utc
  /** The instant as of which the list is known. */
  readonly syncedAt: DateTime.Utc
}

const plan = Effect.fnUntraced(function* ({ sql, syncedAt, task }: Writing, profiles: ReadonlyArray<StagedProfile>) {
  const entries = yield* planBatch(
    sql,
    task.organizationId,
    profiles.map(({ patch }) => patch)
  )
  return profiles.map(({ profileId }, i): PlannedProfile => ({
    profileId,
    entry: resolved(entries[i]!, task, syncedAt)
  }))
})

const write = Effect.fnUntraced(function* (
  { now, sql, task }: Writing,
  planned: ReadonlyArray<PlannedProfile>,
  written: WrittenProfiles
) {
  const actor: Actor = { organizationId: task.organizationId, name: `sync:${task.syncSourceId}` }
  const free = planned.filter(({ entry }) => entry.identity.conflicts.length === 0)
  for (const { entry, profileId } of planned) {
    if (entry.identity.conflicts.length > 0) written.refuse(profileId, entry.identity.conflicts)
  }
  const outcomes = yield* writeBatch(
    sql,
    actor,
    now,
    free.map(({ entry }) => entry)
  )
  free.forEach(({ profileId }, i) => written.add(profileId, outcomes[i]!))
})

/**
 * Writes staged profiles as consumers, to be run in a transaction that is tried again when it is the loser of a deadlock: consumers are
 * locked in the order of their ids, but known ones before the others. Profiles that are the same person are written one after the
 * other: where both say something, the later holds.
 */
export const applyProfiles = Effect.fnUntraced(function* (writing: Writing, profiles: ReadonlyArray<StagedProfile>) {
  const { sql, syncedAt, task } = writing
  const written = new WrittenProfiles()
  const ids = profiles.map(({ profileId }) => profileId)
  const known = yield* stampKnown(sql, task, ids, syncedAt)
  for (const [profileId, ordinal] of known) written.know(profileId, ordinal)
  const others = profiles.filter(({ profileId }) => !known.has(profileId))
  const planned = yield* plan(writing, others)
  yield* write(
    writing,
    planned.filter((each) => !isRepeated(each)),
    written
  )
  for (const [i, each] of planned.entries()) {
    if (isRepeated(each)) yield* write(writing, yield* plan(writing, [others[i]!]), written)
  }
  return written
})

/** Puts what was written into the change feed. The last of the transaction. */
export const recordProfiles = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { organizationId, syncSourceId }: SyncTask,
  { outcomes, stamped }: WrittenProfiles
) {
  const cause = `sync:${syncSourceId}`
  yield* recordBatch(sql, organizationId, outcomes, cause)
  if (stamped.length === 0) return
  yield* sql`
    SELECT record_change(${organizationId}::uuid, ${stamped}::int[], '{primaryLastSyncedAt}', NULL, ${cause})`
})

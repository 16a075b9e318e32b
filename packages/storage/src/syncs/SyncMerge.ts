import type { Actor } from "@audiences/domain/Actor"
import { ConsumerMetadata } from "@audiences/domain/Scalar"
import { fold } from "@audiences/domain/Fold"
import { type Conflict, conflictMessage } from "@audiences/engine/consumers/Identity"
import type { ProfilePatch, ProfileProblem } from "@audiences/engine/syncs/MappedProfile"
import { sourceName } from "@audiences/engine/syncs/SourceName"
import type { SyncTask } from "@audiences/engine/syncs/SyncRepo"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import {
  type BatchEntry,
  type BatchOutcome,
  type BatchPatch,
  planBatch,
  recordBatch,
  writeBatch
} from "../consumers/ConsumerBatch.ts"
import type { ConsumerRow } from "../consumers/ConsumerRow.ts"
import { stampKnown } from "./KnownProfiles.ts"

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

/** What became of the profiles of a chunk: a partition of them. */
export interface ChunkCounts {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly duplicate: number
  readonly conflict: number
}

export interface AppliedChunk {
  readonly counts: ChunkCounts
  readonly outcomes: ReadonlyArray<BatchOutcome>
  readonly problems: ReadonlyArray<ProfileProblem>
  /** The consumer that each profile is; profiles in conflict are left out. */
  readonly ordinals: ReadonlyMap<string, number>
  /** Consumers of whom nothing is new but that they were synced. */
  readonly stamped: ReadonlyArray<number>
}

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

const isRepeated = (conflict: Conflict) => conflict._tag === "Repeated"

/** What is written of a chunk: for every profile its outcome, or the conflict that kept it out. */
class Written {
  readonly outcomes: Array<BatchOutcome> = []
  readonly ordinals = new Map<string, number>()
  readonly problems: Array<ProfileProblem> = []
  readonly #seen = new Set<number>()
  readonly #counts = { created: 0, updated: 0, unchanged: 0, duplicate: 0, conflict: 0 }

  get counts(): ChunkCounts {
    return this.#counts
  }

  add(profileId: string, outcome: BatchOutcome): void {
    const { ordinal } = outcome.row
    this.#counts[this.#seen.has(ordinal) ? "duplicate" : outcome.result]++
    this.#seen.add(ordinal)
    this.outcomes.push(outcome)
    this.ordinals.set(profileId, ordinal)
  }

  know(profileId: string, ordinal: number): void {
    this.#counts.unchanged++
    this.#seen.add(ordinal)
    this.ordinals.set(profileId, ordinal)
  }

  refuse(profileId: string, conflicts: ReadonlyArray<Conflict>): void {
    this.#counts.conflict++
    const message = conflicts.map((conflict) => conflictMessage(0, conflict)).join("; ")
    this.problems.push({ profileId, message })
  }
}

/**
 * Writes staged profiles as consumers, to be run in a transaction. Profiles that are the same person are written one after the other:
 * where both say something, the later holds.
 */
export const applyProfiles = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  task: SyncTask,
  profiles: ReadonlyArray<StagedProfile>,
  { now, syncedAt }: { readonly now: DateTime.Utc; readonly syncedAt: DateTime.Utc }
) {
  const { organizationId, syncSourceId } = task
  const actor: Actor = { organizationId, name: `sync:${syncSourceId}` }
  const plan = Effect.fnUntraced(function* (those: ReadonlyArray<StagedProfile>) {
    const entries = yield* planBatch(
      sql,
      organizationId,
      those.map(({ patch }) => patch)
    )
    return those.map((profile, i) => ({ profile, entry: resolved(entries[i]!, task, syncedAt) }))
  })
  const written = new Written()
  const write = Effect.fnUntraced(function* (those: Effect.Success<ReturnType<typeof plan>>) {
    const free = those.filter(({ entry }) => entry.identity.conflicts.length === 0)
    for (const { entry, profile } of those) {
      if (entry.identity.conflicts.length > 0) written.refuse(profile.profileId, entry.identity.conflicts)
    }
    const outcomes = yield* writeBatch(
      sql,
      actor,
      now,
      free.map(({ entry }) => entry)
    )
    free.forEach(({ profile }, i) => written.add(profile.profileId, outcomes[i]!))
  })
  const ids = profiles.map(({ profileId }) => profileId)
  const known = yield* stampKnown(sql, task, ids, syncedAt)
  for (const [profileId, ordinal] of known) written.know(profileId, ordinal)
  const planned = yield* plan(profiles.filter(({ profileId }) => !known.has(profileId)))
  const repeated = planned.filter(({ entry }) => entry.identity.conflicts.some(isRepeated))
  yield* write(planned.filter((each) => !repeated.includes(each)))
  for (const { profile } of repeated) yield* write(yield* plan([profile]))

  const { counts, ordinals, outcomes, problems } = written
  const applied: AppliedChunk = { counts, ordinals, outcomes, problems, stamped: [...known.values()] }
  return applied
})

/** Puts what was written into the change feed. The last of the transaction. */
export const recordProfiles = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { organizationId, syncSourceId }: SyncTask,
  { outcomes, stamped }: AppliedChunk
) {
  const cause = `sync:${syncSourceId}`
  yield* recordBatch(sql, organizationId, outcomes, cause)
  if (stamped.length === 0) return
  yield* sql`
    SELECT record_change(${organizationId}::uuid, ${stamped}::int[], '{primaryLastSyncedAt}', NULL, ${cause})`
})

import type { Actor } from "@audiences/domain/Actor"
import type { AudienceArchived, AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { AuditAction } from "@audiences/domain/AuditEntry"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { SyncInProgress, SyncSourceId } from "@audiences/domain/SyncSource"
import { Context, Data, type DateTime, type Effect, type Option } from "effect"
import type { AudienceTypeMismatch } from "../audiences/AudienceRepo.ts"
import type { NewAudience } from "../audiences/NewAudience.ts"
import type { VendorList } from "../connectors/Connector.ts"
import type { MappedProfile, ProfileProblem } from "./MappedProfile.ts"

/** The audience is kept equal to nothing. */
export class SyncSourceMissing extends Data.TaggedError("SyncSourceMissing") {}

/** The database takes these profiles at no time. Nothing of their chunk was written. */
export class ProfilesRefused extends Data.TaggedError("ProfilesRefused")<{ readonly message: string }> {}

export interface SyncKey {
  readonly organizationId: OrganizationId
  readonly syncSourceId: SyncSourceId
}

/** A sync that is not over, and where it stands. */
export interface SyncTask extends SyncKey {
  readonly audienceId: AudienceId
  /** `vendor:kind`. */
  readonly syncSource: string
  readonly listId: string
  readonly phase: "reading" | "applying"
  /** Whence the next page comes; null: from the start. */
  readonly cursor: string | null
  /** Rises with all that the sync writes. Who does not know the present one is not the one that is at it. */
  readonly step: number
  /** Failures in a row since it last came further, or anybody asked; those of earlier syncs included. */
  readonly failures: number
}

/** A page as it is kept until all have come. */
export interface StagedPage {
  readonly profiles: ReadonlyArray<MappedProfile>
  /** How many have no id under which they could be kept. */
  readonly rejected: number
  readonly problems: ReadonlyArray<ProfileProblem>
  /** Null: it is the last. */
  readonly cursor: string | null
}

export interface SyncFailure {
  readonly reason: string
  /** When the same sync goes on from where it is; null: it is over. */
  readonly resumeAt: DateTime.Utc | null
  /** Before when no other one begins by itself. */
  readonly retryAt: DateTime.Utc
}

/** What became of an attempt to write: the task as it stands now, or none when somebody else is at it, or it is over. */
export type Advanced = Option.Option<SyncTask>

/** Where syncs are kept. Every method is scoped to one organization, but for `takeDue`. */
export class SyncRepo extends Context.Service<
  SyncRepo,
  {
    /** The source of a SYNCED_LIST. */
    readonly sourceOf: (
      organizationId: OrganizationId,
      audienceId: AudienceId
    ) => Effect.Effect<
      { readonly syncSourceId: SyncSourceId; readonly syncSource: string },
      AudienceNotFound | AudienceArchived | AudienceTypeMismatch | SyncSourceMissing
    >
    /** Begins a sync, or goes on at once with one that was put off. */
    readonly start: (
      actor: Actor,
      now: DateTime.Utc,
      audienceId: AudienceId
    ) => Effect.Effect<
      SyncSourceId,
      AudienceNotFound | AudienceArchived | AudienceTypeMismatch | SyncSourceMissing | SyncInProgress
    >
    /** The live audience that is kept equal to a list. */
    readonly audienceOf: (
      organizationId: OrganizationId,
      vendor: string,
      listId: string
    ) => Effect.Effect<Option.Option<AudienceId>>
    /** Keeps an audience with its source, and begins its first sync; or tells the one that its list has already. */
    readonly takeOver: (
      actor: Actor,
      made: NewAudience,
      action: AuditAction
    ) => Effect.Effect<Option.Option<AudienceId>>
    /** None: nothing is to be done, or not yet. */
    readonly task: (key: SyncKey) => Effect.Effect<Option.Option<SyncTask>>
    readonly named: (task: SyncTask, list: VendorList) => Effect.Effect<void>
    /** Keeps a page. With the last one, the sync turns to `applying`. */
    readonly stage: (task: SyncTask, page: StagedPage) => Effect.Effect<Advanced>
    /** Forgets what has come, and stands at the start. */
    readonly restart: (task: SyncTask) => Effect.Effect<Advanced>
    /** Writes the next of the profiles as consumers. Returns whether they were the last. */
    readonly apply: (
      task: SyncTask,
      now: DateTime.Utc
    ) => Effect.Effect<Option.Option<{ readonly task: SyncTask; readonly isLast: boolean }>, ProfilesRefused>
    /** Makes the members exactly those who were written, in one version, and ends the sync with SUCCESS. False: somebody else did. */
    readonly publish: (task: SyncTask, now: DateTime.Utc) => Effect.Effect<boolean>
    readonly fail: (task: SyncTask, failure: SyncFailure) => Effect.Effect<void>
    /**
     * Begins the syncs whose interval has passed, takes up those that were put off until now, and returns both, with those that have
     * not come further for half a minute.
     */
    readonly takeDue: (now: DateTime.Utc) => Effect.Effect<ReadonlyArray<SyncKey>>
  }
>()("@audiences/engine/SyncRepo") {}

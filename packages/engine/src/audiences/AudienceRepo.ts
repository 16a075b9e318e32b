import type { Actor } from "@audiences/domain/Actor"
import type {
  Audience,
  AudienceArchived,
  AudienceFull,
  AudienceListQuery,
  AudienceNotFound,
  AudienceSort,
  AudienceType
} from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Rule, RuleLine } from "@audiences/domain/Rule"
import type { SyncSource } from "@audiences/domain/SyncSource"
import { Context, Data, type DateTime, type Effect, type Option } from "effect"
import type { PageRequest, Slice } from "../pages/Paging.ts"

/** The audience is of a type that does not do what was asked. */
export class AudienceTypeMismatch extends Data.TaggedError("AudienceTypeMismatch")<{ readonly type: AudienceType }> {}

/** What a list of audiences shows. */
export type AudienceFilter = Pick<AudienceListQuery, "archived" | "groupId" | "search" | "type">

/** What may change of an audience; an absent key leaves it. */
export type AudiencePatch = Partial<
  Pick<
    Audience,
    "name" | "description" | "groupId" | "groupName" | "groupType" | "iconName" | "metadata" | "refreshIntervalSeconds"
  >
>

/** A refresh that is asked for and not yet done. Only rules of this revision may be published for it. */
export interface DueRefresh {
  readonly revision: number
  readonly requested: number
  readonly rules: ReadonlyArray<RuleLine>
}

/** A segment of a group with what its next refresh is about. */
export interface SegmentRefresh extends DueRefresh {
  readonly id: AudienceId
}

export interface AudienceKey {
  readonly organizationId: OrganizationId
  readonly id: AudienceId
}

/** Where audiences are kept. Every method is scoped to one organization, but for `takeDue`. */
export class AudienceRepo extends Context.Service<
  AudienceRepo,
  {
    /** Keeps an audience with its rules and sync source. A DYNAMIC one asks for its first refresh. */
    readonly insert: (
      audience: Audience,
      rules: ReadonlyArray<Rule>,
      syncSource: SyncSource | null
    ) => Effect.Effect<void>
    readonly get: (organizationId: OrganizationId, id: AudienceId) => Effect.Effect<AudienceFull, AudienceNotFound>
    readonly list: (
      organizationId: OrganizationId,
      filter: AudienceFilter,
      request: PageRequest<AudienceSort>
    ) => Effect.Effect<Slice<AudienceFull>>
    /** `type`, when given, must be what it is. */
    readonly update: (
      actor: Actor,
      now: DateTime.Utc,
      id: AudienceId,
      patch: AudiencePatch,
      type: AudienceType | undefined
    ) => Effect.Effect<Audience, AudienceNotFound | AudienceArchived | AudienceTypeMismatch>
    /** Idempotent: an archived audience stays as it is. */
    readonly archive: (actor: Actor, now: DateTime.Utc, id: AudienceId) => Effect.Effect<Audience, AudienceNotFound>
    readonly requestRefresh: (
      actor: Actor,
      now: DateTime.Utc,
      id: AudienceId
    ) => Effect.Effect<void, AudienceNotFound | AudienceArchived | AudienceTypeMismatch>
    readonly dueRefresh: (organizationId: OrganizationId, id: AudienceId) => Effect.Effect<Option.Option<DueRefresh>>
    /**
     * The live DYNAMIC audiences of the group and its type that an audience is in, itself among them, whether a refresh is asked for or
     * not; none when it is in no group that has a type.
     */
    readonly segmentRefreshes: (
      organizationId: OrganizationId,
      id: AudienceId
    ) => Effect.Effect<ReadonlyArray<SegmentRefresh>>
    /** Puts off the next try of the refresh that the audience waits for: longer with every failure in a row, ten minutes at the most. */
    readonly refreshFailed: (organizationId: OrganizationId, id: AudienceId, now: DateTime.Utc) => Effect.Effect<void>
    /**
     * Asks for a refresh of every audience whose interval has passed, and returns all, of any organization, that wait for one and
     * whose last try was not put off beyond now.
     */
    readonly takeDue: (now: DateTime.Utc) => Effect.Effect<ReadonlyArray<AudienceKey>>
  }
>()("@audiences/engine/AudienceRepo") {}

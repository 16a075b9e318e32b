import type { Actor } from "@audiences/domain/Actor"
import type { AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type {
  AudienceVersion,
  NoMembershipYet,
  Snapshot,
  SnapshotNameTaken,
  VersionNotFound,
  VersionNotRetained,
  VolatileDay
} from "@audiences/domain/AudienceVersion"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, type DateTime, type Effect } from "effect"
import type { MemberRequest } from "../memberships/MemberPaging.ts"
import type { MemberSlice } from "../memberships/MembershipRepo.ts"

/** Where it is kept who was in which audience. */
export class VersionRepo extends Context.Service<
  VersionRepo,
  {
    /** At most `limit` versions below `before`, newest first. */
    readonly history: (
      organizationId: OrganizationId,
      audienceId: AudienceId,
      before: number | null,
      limit: number
    ) => Effect.Effect<ReadonlyArray<AudienceVersion>, AudienceNotFound>
    /** Days since `since` on which something changed, the latest first. */
    readonly days: (
      organizationId: OrganizationId,
      audienceId: AudienceId,
      since: DateTime.Utc
    ) => Effect.Effect<ReadonlyArray<Omit<VolatileDay, "volatility">>, AudienceNotFound>
    readonly get: (
      organizationId: OrganizationId,
      audienceId: AudienceId,
      version: number
    ) => Effect.Effect<AudienceVersion, AudienceNotFound | VersionNotFound | VersionNotRetained>
    readonly members: (
      organizationId: OrganizationId,
      audienceId: AudienceId,
      version: number,
      request: MemberRequest
    ) => Effect.Effect<MemberSlice, AudienceNotFound | VersionNotFound | VersionNotRetained>
    readonly snapshots: (
      organizationId: OrganizationId,
      audienceId: AudienceId
    ) => Effect.Effect<ReadonlyArray<Snapshot>, AudienceNotFound>
    readonly snapshot: (
      actor: Actor,
      now: DateTime.Utc,
      audienceId: AudienceId,
      id: string,
      name: string
    ) => Effect.Effect<Snapshot, AudienceNotFound | NoMembershipYet | SnapshotNameTaken>
    /** Copies the membership of audiences that have moved far since their last copy, so that no version is far from one. */
    readonly copyMoved: Effect.Effect<void>
    /** Forgets versions published before an instant, but for the present ones and those of snapshots. */
    readonly prune: (before: DateTime.Utc) => Effect.Effect<void>
  }
>()("@audiences/engine/VersionRepo") {}

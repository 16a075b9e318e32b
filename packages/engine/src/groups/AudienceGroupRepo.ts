import type { Actor } from "@audiences/domain/Actor"
import type { Audience, AudienceFull, AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceGroupId, AudienceGroupNotFound } from "@audiences/domain/AudienceGroup"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, type DateTime, type Effect } from "effect"
import type { MemberRequest } from "../memberships/MemberPaging.ts"
import type { MemberSlice } from "../memberships/MembershipRepo.ts"

/** Where groups are kept: by the audiences that name them. Every method is scoped to one organization. */
export class AudienceGroupRepo extends Context.Service<
  AudienceGroupRepo,
  {
    /** The live audiences, oldest first; when none is live, the archived ones. */
    readonly get: (
      organizationId: OrganizationId,
      groupId: AudienceGroupId
    ) => Effect.Effect<ReadonlyArray<AudienceFull>, AudienceGroupNotFound>
    /** Of the live audiences, or of the one that is named. */
    readonly members: (
      organizationId: OrganizationId,
      groupId: AudienceGroupId,
      audienceId: AudienceId | undefined,
      request: MemberRequest
    ) => Effect.Effect<MemberSlice, AudienceGroupNotFound | AudienceNotFound>
    /** All or none. Idempotent: an archived group stays as it is. */
    readonly archive: (
      actor: Actor,
      now: DateTime.Utc,
      groupId: AudienceGroupId
    ) => Effect.Effect<ReadonlyArray<Audience>, AudienceGroupNotFound>
  }
>()("@audiences/engine/AudienceGroupRepo") {}

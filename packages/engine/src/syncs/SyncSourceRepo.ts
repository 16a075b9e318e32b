import type { Actor } from "@audiences/domain/Actor"
import type { AudienceArchived, AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import type {
  SyncSource,
  SyncSourceFull,
  SyncSourceId,
  SyncSourceNotFound,
  SyncSourcePresent
} from "@audiences/domain/SyncSource"
import { Context, type DateTime, type Effect } from "effect"
import type { AudienceTypeMismatch } from "../audiences/AudienceRepo.ts"
import type { PageRequest, Slice } from "../pages/Paging.ts"

/** Where sync sources are kept. */
export class SyncSourceRepo extends Context.Service<
  SyncSourceRepo,
  {
    readonly list: (
      organizationId: OrganizationId,
      archived: boolean,
      request: PageRequest<"createdAt">
    ) => Effect.Effect<Slice<SyncSourceFull>>
    readonly get: (
      organizationId: OrganizationId,
      id: SyncSourceId
    ) => Effect.Effect<SyncSourceFull, SyncSourceNotFound>
    readonly add: (
      actor: Actor,
      audienceId: AudienceId,
      source: SyncSource
    ) => Effect.Effect<SyncSourceFull, AudienceNotFound | AudienceArchived | AudienceTypeMismatch | SyncSourcePresent>
    /** Archives it, ends its sync and takes it from its audience. Idempotent. */
    readonly remove: (
      actor: Actor,
      now: DateTime.Utc,
      id: SyncSourceId
    ) => Effect.Effect<SyncSourceFull, SyncSourceNotFound>
  }
>()("@audiences/engine/SyncSourceRepo") {}

import type { AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { ConsumerFull } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, type Effect } from "effect"
import type { AudienceTypeMismatch } from "../audiences/AudienceRepo.ts"
import type { Block } from "../memberships/Block.ts"

/** What a preview reads beside its evaluation. */
export class PreviewRepo extends Context.Service<
  PreviewRepo,
  {
    /** The present members of a DYNAMIC audience, by block. */
    readonly members: (
      organizationId: OrganizationId,
      audienceId: AudienceId
    ) => Effect.Effect<ReadonlyMap<number, Block>, AudienceNotFound | AudienceTypeMismatch>
    readonly consumers: (
      organizationId: OrganizationId,
      ordinals: ReadonlyArray<number>
    ) => Effect.Effect<ReadonlyArray<ConsumerFull>>
  }
>()("@audiences/engine/PreviewRepo") {}

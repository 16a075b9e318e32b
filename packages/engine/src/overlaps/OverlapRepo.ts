import type { AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, type Effect } from "effect"
import type { Block } from "../memberships/Block.ts"

export interface OverlappingAudience {
  readonly audienceId: AudienceId
  readonly name: string
  readonly blocks: ReadonlyMap<number, Block>
}

/** Where the members of several audiences are read at one instant. */
export class OverlapRepo extends Context.Service<
  OverlapRepo,
  {
    /** In the order given. */
    readonly read: (
      organizationId: OrganizationId,
      audienceIds: ReadonlyArray<AudienceId>
    ) => Effect.Effect<ReadonlyArray<OverlappingAudience>, AudienceNotFound>
  }
>()("@audiences/engine/OverlapRepo") {}

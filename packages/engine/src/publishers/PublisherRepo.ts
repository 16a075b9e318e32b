import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, type DateTime, type Effect } from "effect"

export interface Followed {
  /** Membership changed, or may have been changed by whoever wrote: other processes want to know. */
  readonly announces: boolean
  /** There was more to follow than one batch takes. */
  readonly behind: boolean
}

/** How far the DYNAMIC audiences of organizations follow what is written and what time it is. */
export class PublisherRepo extends Context.Service<
  PublisherRepo,
  {
    /** The organizations in which something is to be followed at `now`, and that no other holder follows. `holder` is a UUID. */
    readonly due: (holder: string, now: DateTime.Utc) => Effect.Effect<ReadonlyArray<OrganizationId>>
    /**
     * Follows one batch of the changes that are not followed yet, and the relative boundaries passed up to `now`: a version for each
     * audience that somebody enters or leaves. Nothing, while another holder's lease lasts.
     */
    readonly follow: (organizationId: OrganizationId, holder: string, now: DateTime.Utc) => Effect.Effect<Followed>
    /** Deletes a bounded number of changes that are followed and older than `before`; returns how many. */
    readonly prune: (before: DateTime.Utc) => Effect.Effect<number>
  }
>()("@audiences/engine/PublisherRepo") {}

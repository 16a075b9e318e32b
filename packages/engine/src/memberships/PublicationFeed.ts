import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, type Effect, type Stream } from "effect"

/**
 * Tells every process that memberships of an organization were published. Announcements are hints: they can be lost with a connection,
 * and who needs to know looks by itself now and then.
 */
export class PublicationFeed extends Context.Service<
  PublicationFeed,
  {
    /** To be called after the commit, outside of transactions. */
    readonly announce: (organizationId: OrganizationId) => Effect.Effect<void>
    /** From the moment it runs, and without end. */
    readonly announcements: Stream.Stream<OrganizationId>
  }
>()("@audiences/engine/PublicationFeed") {}

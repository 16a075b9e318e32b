import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Effect } from "effect"
import type { JobQueue } from "../jobs/JobQueue.ts"

/**
 * Hands a refresh that is asked for in the database to the queue. One that is lost on the way delays it, no more:
 * `Refreshes.enqueueDue` finds it.
 */
export const enqueueRefresh = (
  queue: JobQueue["Service"],
  organizationId: OrganizationId,
  audienceId: AudienceId
): Effect.Effect<void> =>
  queue
    .enqueue({ _tag: "Refresh", organizationId, audienceId })
    .pipe(Effect.catchCause((cause) => Effect.logWarning("A refresh was not enqueued; it will be found", cause)))

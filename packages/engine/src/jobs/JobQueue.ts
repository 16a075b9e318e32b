import type { AudienceId } from "@audiences/domain/AudienceId"
import type { ImportId } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { SyncSourceId } from "@audiences/domain/SyncSource"
import { Context, type Effect, type Scope } from "effect"

export type Job =
  | { readonly _tag: "Refresh"; readonly organizationId: OrganizationId; readonly audienceId: AudienceId }
  | { readonly _tag: "Import"; readonly organizationId: OrganizationId; readonly importId: ImportId }
  | { readonly _tag: "Rfm"; readonly organizationId: OrganizationId }
  | { readonly _tag: "Sync"; readonly organizationId: OrganizationId; readonly syncSourceId: SyncSourceId }

/**
 * Work that outlives the process that asked for it. Jobs are idempotent: one runs at least once, again when its process died.
 * A job that waits stands for every equal one enqueued meanwhile.
 */
export class JobQueue extends Context.Service<
  JobQueue,
  {
    /** Kept once it returns. */
    readonly enqueue: (job: Job) => Effect.Effect<void>
    /** Runs jobs for as long as the scope lives. A handler that fails is tried again, a bounded number of times. */
    readonly work: (handler: (job: Job) => Effect.Effect<void>) => Effect.Effect<void, never, Scope.Scope>
  }
>()("@audiences/engine/JobQueue") {}

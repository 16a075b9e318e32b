import type { Actor } from "@audiences/domain/Actor"
import type { AudienceArchived, AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { SyncInProgress, SyncStarted } from "@audiences/domain/SyncSource"
import { refuse, type ValidationError } from "@audiences/domain/ValidationError"
import type { VendorImport, VendorImportResult } from "@audiences/domain/VendorImport"
import { Context, Effect, Layer } from "effect"
import { notSynced } from "../audiences/AudienceTypeRefusal.ts"
import { Connectors } from "../connectors/Connectors.ts"
import { DatabaseClock } from "../DatabaseClock.ts"
import { Integrations } from "../integrations/Integrations.ts"
import { JobQueue } from "../jobs/JobQueue.ts"
import { PublicationFeed } from "../memberships/PublicationFeed.ts"
import { sourceName } from "./SourceName.ts"
import { type SyncKey, SyncRepo } from "./SyncRepo.ts"
import { runSync } from "./SyncRun.ts"
import { importLists, resultOf, type Vendor } from "./VendorImports.ts"

/** Audiences that are kept equal to a list elsewhere. */
export class Syncs extends Context.Service<
  Syncs,
  {
    /** Asks for a sync; answers at once. */
    readonly start: (
      actor: Actor,
      audienceId: AudienceId
    ) => Effect.Effect<SyncStarted, ValidationError | AudienceNotFound | AudienceArchived | SyncInProgress>
    /** Makes an audience of each list that has none, and begins its first sync. */
    readonly importFrom: (actor: Actor, vendor: Vendor, input: VendorImport) => Effect.Effect<VendorImportResult>
    /** Does what is asked for, or goes on with a sync that was cut off. Idempotent: nothing asked for, nothing done. */
    readonly run: (key: SyncKey) => Effect.Effect<void>
    /** Hands every sync whose time has come, or that was asked for but lost, to the job queue. Returns how many. */
    readonly enqueueDue: Effect.Effect<number>
  }
>()("@audiences/engine/Syncs") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* SyncRepo
      const connectors = yield* Connectors
      const clock = yield* DatabaseClock
      const queue = yield* JobQueue
      const feed = yield* PublicationFeed
      const context = yield* Effect.context<SyncRepo | Connectors | Integrations | DatabaseClock>()

      // One that is lost is found by `enqueueDue`.
      const enqueue = ({ organizationId, syncSourceId }: SyncKey) =>
        queue
          .enqueue({ _tag: "Sync", organizationId, syncSourceId })
          .pipe(Effect.catchCause((cause) => Effect.logWarning("A sync was not enqueued; it will be found", cause)))

      const start = Effect.fn("Syncs.start")(
        function* (actor: Actor, audienceId: AudienceId) {
          const { organizationId } = actor
          const { syncSource } = yield* repo.sourceOf(organizationId, audienceId)
          const { kind, vendor } = sourceName(syncSource)
          if (!connectors.get(vendor)?.kinds.includes(kind)) return yield* unknownSource(syncSource)
          const syncSourceId = yield* repo.start(actor, yield* clock.now, audienceId)
          yield* enqueue({ organizationId, syncSourceId })
          return { success: true as const, syncSourceId, status: "PENDING" as const }
        },
        Effect.catchTags({ AudienceTypeMismatch: () => notSynced({}), SyncSourceMissing: () => noSource })
      )

      const importFrom = Effect.fn("Syncs.importFrom")(function* (actor: Actor, vendor: Vendor, input: VendorImport) {
        const outcomes = yield* Effect.provideContext(importLists(actor, vendor, input), context)
        const { organizationId } = actor
        for (const each of outcomes) {
          if (each._tag === "Imported") yield* enqueue({ organizationId, syncSourceId: each.syncSourceId })
        }
        return resultOf(outcomes)
      })

      const run = Effect.fn("Syncs.run")(function* (key: SyncKey) {
        const turn = yield* Effect.provideContext(runSync(key), context).pipe(Effect.annotateLogs({ ...key }))
        if (turn === "turnOver") yield* enqueue(key)
        if (turn === "published") yield* feed.announce(key.organizationId)
      })

      const enqueueDue = Effect.gen(function* () {
        const due = yield* repo.takeDue(yield* clock.now)
        yield* Effect.forEach(due, enqueue, { discard: true })
        return due.length
      }).pipe(Effect.withSpan("Syncs.enqueueDue"))

      return Syncs.of({ start, importFrom, run, enqueueDue })
    })
  )
}

const noSource = Effect.fail(
  refuse({}, [
    {
      path: [],
      message: "Audience has no sync source",
      type: "sync_source",
      expected: "an audience created with a primarySyncSource"
    }
  ])
)

const unknownSource = (syncSource: string) =>
  Effect.fail(
    refuse({}, [
      {
        path: [],
        message: `This server cannot sync with ${syncSource}`,
        type: "sync_source",
        expected: "a source of a vendor that this server can reach, such as klaviyo:list"
      }
    ])
  )

import { AuditPruning } from "@audiences/engine/audit/AuditPruning"
import { IdempotencyPruning } from "@audiences/engine/idempotency/IdempotencyPruning"
import { ArrivalScheduler } from "@audiences/engine/imports/uploads/Arrivals"
import { Imports } from "@audiences/engine/imports/Imports"
import { UndoPruning } from "@audiences/engine/imports/undo/UndoPruning"
import { JobWorker } from "@audiences/engine/jobs/JobWorker"
import { MembershipPublisher } from "@audiences/engine/publishers/MembershipPublisher"
import { RefreshScheduler } from "@audiences/engine/refreshes/RefreshScheduler"
import { RfmScheduler } from "@audiences/engine/rfm/RfmScheduler"
import { SyncScheduler } from "@audiences/engine/syncs/SyncScheduler"
import { VersionKeeping } from "@audiences/engine/versions/VersionKeeping"
import { Effect, Layer, Schedule } from "effect"

/** At the start, and then for the imports of other processes that died. */
const ImportScheduler = Layer.effectDiscard(
  Effect.gen(function* () {
    const imports = yield* Imports
    yield* imports.enqueueUnfinished.pipe(
      Effect.catchCause((cause) => Effect.logError("Looking for unfinished imports failed", cause)),
      Effect.repeat(Schedule.spaced("30 seconds")),
      Effect.forkScoped
    )
  })
)

/** The work that goes on behind the requests. */
export const Workers = Layer.mergeAll(
  JobWorker,
  RefreshScheduler,
  RfmScheduler,
  SyncScheduler,
  MembershipPublisher,
  VersionKeeping,
  ArrivalScheduler,
  ImportScheduler,
  AuditPruning,
  UndoPruning,
  IdempotencyPruning
)

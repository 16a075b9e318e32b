import type { Actor } from "@audiences/domain/Actor"
import type { ImportId } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Cause, Context, DateTime, Duration, Effect, Layer } from "effect"
import { JobQueue } from "../../jobs/JobQueue.ts"
import type { AnyImport, PeopleTarget } from "../ImportRepo.ts"
import { ImportReportRepo } from "../reports/ImportReportRepo.ts"
import { ImportUndoRepo, type OrderUndoRefusal, type PeopleUndoRefusal } from "./ImportUndoRepo.ts"

/** How long a caller waits for a large import; what is left then is done by a job. */
const patience = Duration.seconds(15)

/** Takes back what imports wrote. */
export class ImportUndo extends Context.Service<
  ImportUndo,
  {
    /** Consumers and members are as before, but that whoever the import created is archived. Happens once. */
    readonly undo: (
      actor: Actor,
      target: PeopleTarget,
      importId: ImportId
    ) => Effect.Effect<AnyImport, PeopleUndoRefusal>
    /** Orders that the import created disappear, those it changed are as before, and totals follow. Happens once. */
    readonly undoOrders: (actor: Actor, importId: ImportId) => Effect.Effect<AnyImport, OrderUndoRefusal>
    /** Goes on with an undo that was begun, if there is one. Idempotent. */
    readonly resume: (organizationId: OrganizationId, importId: ImportId) => Effect.Effect<void>
  }
>()("@audiences/engine/ImportUndo") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* ImportUndoRepo
      const reports = yield* ImportReportRepo
      const jobs = yield* JobQueue

      const resume = Effect.fn("ImportUndo.resume")(function* (organizationId: OrganizationId, importId: ImportId) {
        while ((yield* repo.step(organizationId, importId)) === "left");
      })

      /** What is left behind the first step. */
      const finish = Effect.fnUntraced(function* (organizationId: OrganizationId, importId: ImportId) {
        // Should the process die, or the caller go: what could not be enqueued is found by `Imports.enqueueUnfinished`.
        yield* Effect.catchDefect(jobs.enqueue({ _tag: "Import", organizationId, importId }), (defect) =>
          Effect.logWarning("undo not enqueued yet", Cause.die(defect))
        )
        yield* Effect.timeoutOption(resume(organizationId, importId), patience)
      })

      const undo = Effect.fn("ImportUndo.undo")(function* (actor: Actor, target: PeopleTarget, importId: ImportId) {
        const { organizationId } = actor
        const begun = yield* repo.begin(actor, target, importId, yield* DateTime.now)
        if (begun === "left") yield* finish(organizationId, importId)
        return yield* reports.get(organizationId, target, importId)
      })

      const undoOrders = Effect.fn("ImportUndo.undoOrders")(function* (actor: Actor, importId: ImportId) {
        const { organizationId } = actor
        const begun = yield* repo.beginOrders(actor, importId, yield* DateTime.now)
        if (begun === "left") yield* finish(organizationId, importId)
        return yield* Effect.catchTag(
          reports.get(organizationId, { _tag: "Orders" }, importId),
          "AudienceNotFound",
          Effect.die
        )
      })

      return ImportUndo.of({ undo, undoOrders, resume })
    })
  )
}

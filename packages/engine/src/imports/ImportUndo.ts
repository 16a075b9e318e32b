import type { Actor } from "@audiences/domain/Actor"
import type { AudienceArchived, AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type {
  Import,
  ImportDryRun,
  ImportId,
  ImportNotFound,
  ImportUndone,
  ImportUndoExpired,
  ImportUndoRefused,
  ImportUnfinished
} from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Cause, Context, DateTime, Duration, Effect, Layer } from "effect"
import { JobQueue } from "../jobs/JobQueue.ts"
import { ImportReportRepo } from "./ImportReportRepo.ts"
import { ImportUndoRepo } from "./ImportUndoRepo.ts"

/** How long a caller waits for a large import; what is left then is done by a job. */
const patience = Duration.seconds(15)

/** Takes back what imports wrote. */
export class ImportUndo extends Context.Service<
  ImportUndo,
  {
    /** Consumers and members are as before, but that whoever the import created is archived. Happens once. */
    readonly undo: (
      actor: Actor,
      audienceId: AudienceId,
      importId: ImportId
    ) => Effect.Effect<
      Import,
      | AudienceNotFound
      | AudienceArchived
      | ImportNotFound
      | ImportUnfinished
      | ImportUndone
      | ImportUndoExpired
      | ImportDryRun
      | ImportUndoRefused
    >
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

      const undo = Effect.fn("ImportUndo.undo")(function* (actor: Actor, audienceId: AudienceId, importId: ImportId) {
        const { organizationId } = actor
        if ((yield* repo.begin(actor, audienceId, importId, yield* DateTime.now)) === "left") {
          // Should the process die, or the caller go: what could not be enqueued is found by `Imports.enqueueUnfinished`.
          yield* Effect.catchDefect(jobs.enqueue({ _tag: "Import", organizationId, importId }), (defect) =>
            Effect.logWarning("undo not enqueued yet", Cause.die(defect))
          )
          yield* Effect.timeoutOption(resume(organizationId, importId), patience)
        }
        return yield* reports.get(organizationId, audienceId, importId)
      })

      return ImportUndo.of({ undo, resume })
    })
  )
}

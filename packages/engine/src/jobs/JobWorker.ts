import { Effect, Layer } from "effect"
import { ImportUndo } from "../imports/undo/ImportUndo.ts"
import { Imports } from "../imports/Imports.ts"
import { Refreshes } from "../refreshes/Refreshes.ts"
import { Rfm } from "../rfm/Rfm.ts"
import { Syncs } from "../syncs/Syncs.ts"
import { type Job, JobQueue } from "./JobQueue.ts"

/** Runs the jobs of the queue for as long as the layer lives. */
export const JobWorker = Layer.effectDiscard(
  Effect.gen(function* () {
    const queue = yield* JobQueue
    const refreshes = yield* Refreshes
    const imports = yield* Imports
    const undo = yield* ImportUndo
    const rfm = yield* Rfm
    const syncs = yield* Syncs
    const run = (job: Job): Effect.Effect<void> => {
      switch (job._tag) {
        case "Refresh":
          return refreshes.run(job.organizationId, job.audienceId)
        case "Import":
          return Effect.andThen(
            imports.run(job.organizationId, job.importId),
            undo.resume(job.organizationId, job.importId)
          )
        case "Rfm":
          return rfm.run(job.organizationId)
        case "Sync":
          return syncs.run(job)
      }
    }
    yield* queue.work(run)
  })
)

import { Cause, Context, Effect, Layer, Option, Schedule } from "effect"
import { JobQueue } from "../../jobs/JobQueue.ts"
import { ArrivalRepo, type AwaitedUpload } from "./ArrivalRepo.ts"
import { ImportLimits } from "../ImportLimits.ts"
import { type Intake, UploadStore } from "./UploadStore.ts"

/** Files that are looked for at a time. */
const concurrency = 8

const neverArrived =
  "No file arrived while the upload URL was valid. Open another import and upload the file to its URL."

/** Files that uploaders put into the store by themselves, and imports that wait in vain. */
export class Arrivals extends Context.Service<
  Arrivals,
  {
    /** Starts the import of every file that has arrived, and ends the imports whose file no longer can. Returns how many it started. */
    readonly look: Effect.Effect<number>
  }
>()("@audiences/engine/Arrivals") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* ArrivalRepo
      const store = yield* UploadStore
      const jobs = yield* JobQueue

      const giveUp = Effect.fnUntraced(function* ({ organizationId, id, s3Key }: AwaitedUpload, reason: string) {
        if (yield* repo.giveUp(organizationId, id, reason)) yield* store.remove(s3Key)
      })

      const lookIn = Effect.fnUntraced(function* (
        { look }: Extract<Intake, { _tag: "Bucket" }>,
        awaited: AwaitedUpload
      ) {
        const { organizationId, id, s3Key, isOver } = awaited
        const file = Option.getOrUndefined(yield* look(s3Key))
        if (file === undefined) {
          if (isOver) yield* giveUp(awaited, neverArrived)
          return false
        }
        const { maxBytes } = yield* ImportLimits
        if (file.bytes > maxBytes) {
          yield* giveUp(awaited, `The file has ${file.bytes} bytes; at most ${maxBytes} are taken. Split it.`)
          return false
        }
        if (!(yield* repo.arrived(organizationId, id, file))) return false
        // An import that could not be enqueued now is found by `Imports.enqueueUnfinished`.
        yield* Effect.catchDefect(jobs.enqueue({ _tag: "Import", organizationId, importId: id }), (defect) =>
          Effect.logWarning("import not enqueued yet", Cause.die(defect))
        )
        return true
      })

      const { intake } = store
      const one = (awaited: AwaitedUpload) =>
        (intake._tag === "Bucket" ? lookIn(intake, awaited) : Effect.as(giveUp(awaited, neverArrived), false)).pipe(
          // One file that cannot be looked at must not keep the others waiting.
          Effect.catchDefect((defect) =>
            Effect.as(Effect.logWarning("Looking for an uploaded file failed", awaited.s3Key, Cause.die(defect)), false)
          )
        )

      const look = Effect.gen(function* () {
        const due = yield* repo.due({ onlyOver: intake._tag === "Service" })
        const started = yield* Effect.forEach(due, one, { concurrency })
        return started.filter(Boolean).length
      }).pipe(Effect.withSpan("Arrivals.look"))

      return Arrivals.of({ look })
    })
  )
}

/** Looks every second for as long as the layer lives. */
export const ArrivalScheduler = Layer.effectDiscard(
  Effect.gen(function* () {
    const { look } = yield* Arrivals
    yield* look.pipe(
      Effect.catchCause((cause) => Effect.logError("Looking for uploaded files failed", cause)),
      Effect.repeat(Schedule.spaced("1 second")),
      Effect.forkScoped
    )
  })
)

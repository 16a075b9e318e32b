import { AudienceId } from "@audiences/domain/AudienceId"
import { ImportId } from "@audiences/domain/Import"
import { OrganizationId } from "@audiences/domain/Organization"
import { SyncSourceId } from "@audiences/domain/SyncSource"
import { Imports } from "@audiences/engine/imports/Imports"
import { ImportUndo } from "@audiences/engine/imports/undo/ImportUndo"
import { type Job, JobQueue } from "@audiences/engine/jobs/JobQueue"
import { JobWorker } from "@audiences/engine/jobs/JobWorker"
import { Refreshes } from "@audiences/engine/refreshes/Refreshes"
import { Rfm } from "@audiences/engine/rfm/Rfm"
import { Syncs } from "@audiences/engine/syncs/Syncs"
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Layer } from "effect"

const id = "019845e1-682f-4b02-a706-3b2422d13aec"
const organizationId = OrganizationId.make(id)
const jobs: ReadonlyArray<Job> = [
  { _tag: "Refresh", organizationId, audienceId: AudienceId.make(id) },
  { _tag: "Import", organizationId, importId: ImportId.make(id) },
  { _tag: "Rfm", organizationId },
  { _tag: "Sync", organizationId, syncSourceId: SyncSourceId.make(id) }
]

it.effect("hands each job to the use case that it is for", () =>
  Effect.gen(function* () {
    const ran: Array<string> = []
    const done = yield* Deferred.make<void>()
    const unused = () => Effect.die("unused")
    const queue = Layer.succeed(
      JobQueue,
      JobQueue.of({
        enqueue: unused,
        work: (handler) =>
          Effect.forEach(jobs, handler, { discard: true }).pipe(Effect.tap(Deferred.succeed(done, undefined)))
      })
    )
    const refreshes = Layer.succeed(
      Refreshes,
      Refreshes.of({
        request: unused,
        enqueueDue: Effect.succeed(0),
        run: (organization, audience) => Effect.sync(() => void ran.push(`refresh ${organization} ${audience}`))
      })
    )
    const undo = Layer.succeed(
      ImportUndo,
      ImportUndo.of({
        undo: unused,
        undoOrders: unused,
        resume: (organization, each) => Effect.sync(() => void ran.push(`undo ${organization} ${each}`))
      })
    )
    const imports = Layer.succeed(
      Imports,
      Imports.of({
        create: unused,
        latest: unused,
        receive: unused,
        enqueueUnfinished: Effect.succeed(0),
        run: (organization, each) => Effect.sync(() => void ran.push(`import ${organization} ${each}`))
      })
    )
    const rfm = Layer.mock(Rfm, { run: (organization) => Effect.sync(() => void ran.push(`rfm ${organization}`)) })
    const syncs = Layer.mock(Syncs, {
      run: (key) => Effect.sync(() => void ran.push(`sync ${key.organizationId} ${key.syncSourceId}`))
    })
    yield* Layer.build(JobWorker.pipe(Layer.provide([queue, refreshes, imports, undo, rfm, syncs])))
    yield* Deferred.await(done)
    assert.deepStrictEqual(ran, [
      `refresh ${id} ${id}`,
      `import ${id} ${id}`,
      `undo ${id} ${id}`,
      `rfm ${id}`,
      `sync ${id} ${id}`
    ])
  })
)

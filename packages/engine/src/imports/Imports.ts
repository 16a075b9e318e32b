import type { Actor } from "@audiences/domain/Actor"
import type { AudienceArchived, AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { PayloadTooLarge } from "@audiences/domain/Errors"
import {
  type Import,
  type ImportId,
  type ImportNotFound,
  type ImportQuery,
  type ImportWithUpload,
  UploadRefused
} from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { ValidationError } from "@audiences/domain/ValidationError"
import { Cause, Context, Duration, Effect, Layer, Option, type Stream } from "effect"
import { notStatic } from "../audiences/AudienceTypeRefusal.ts"
import { JobQueue } from "../jobs/JobQueue.ts"
import { FileStaging } from "./staging/FileStaging.ts"
import { ImportLimits } from "./ImportLimits.ts"
import { type AnyImport, ImportRepo } from "./ImportRepo.ts"
import { ImportReportRepo } from "./reports/ImportReportRepo.ts"
import { runImport } from "./ImportRun.ts"
import { openImport } from "./OpenImport.ts"
import { UploadStore } from "./uploads/UploadStore.ts"
import { verifyGrant } from "./uploads/UploadUrls.ts"

/** An import that has not come further for so long is handed to the job queue again. That is harmless when it is still at work. */
const quietFor = Duration.seconds(30)

/** What a signed upload URL says: `/uploads/{organizationId}/{importId}?expires={epoch seconds}&signature={hex}`. */
export interface UploadGrant {
  readonly organizationId: string
  readonly importId: string
  readonly expires: string
  readonly signature: string
}

/** Files of consumers on their way into a STATIC_LIST. */
export class Imports extends Context.Service<
  Imports,
  {
    readonly create: (
      actor: Actor,
      audienceId: AudienceId,
      query?: ImportQuery
    ) => Effect.Effect<ImportWithUpload, ValidationError | AudienceNotFound | AudienceArchived>
    readonly latest: (
      organizationId: OrganizationId,
      audienceId: AudienceId
    ) => Effect.Effect<Import, AudienceNotFound | ImportNotFound>
    /** Takes the file and starts the import. A body that breaks off leaves the import as it was, and the URL usable. */
    readonly receive: <E>(
      grant: UploadGrant,
      body: Stream.Stream<Uint8Array, E>
    ) => Effect.Effect<AnyImport, UploadRefused | PayloadTooLarge | E>
    /** Brings an uploaded file in, from where it last got to. Idempotent. */
    readonly run: (organizationId: OrganizationId, importId: ImportId) => Effect.Effect<void>
    /** Hands every import that is not over, or whose file is still there, and that no job stands for, to the job queue. */
    readonly enqueueUnfinished: Effect.Effect<number>
  }
>()("@audiences/engine/Imports") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* ImportRepo
      const reports = yield* ImportReportRepo
      const staging = yield* FileStaging
      const store = yield* UploadStore
      const jobs = yield* JobQueue
      const { intake } = store

      const create = Effect.fn("Imports.create")(function* (
        actor: Actor,
        audienceId: AudienceId,
        query: ImportQuery = {}
      ) {
        const made = yield* openImport(actor, { _tag: "Audience", audienceId }, query).pipe(
          Effect.provideService(ImportRepo, repo),
          Effect.provideService(UploadStore, store),
          Effect.catchTag("AudienceTypeMismatch", () => notStatic(undefined))
        )
        return { ...made, audienceId }
      })

      const latest = Effect.fn("Imports.latest")((organizationId: OrganizationId, audienceId: AudienceId) =>
        Effect.map(repo.latest(organizationId, { _tag: "Audience", audienceId }), (found) => ({ ...found, audienceId }))
      )

      const receive = Effect.fn("Imports.receive")(function* <E>(
        grant: UploadGrant,
        body: Stream.Stream<Uint8Array, E>
      ) {
        const used = new UploadRefused({ error: "Upload URL has been used" })
        const { organizationId, importId } = yield* verifyGrant(grant, repo.uploadSecret)
        const found = Option.getOrUndefined(yield* repo.find(organizationId, importId))
        if (found === undefined || intake._tag !== "Service") return yield* new UploadRefused()
        if (found.status !== "PENDING") return yield* used
        const { maxBytes } = yield* ImportLimits
        const upload = yield* intake
          .receive(found.s3Key, body, maxBytes)
          .pipe(
            Effect.catchTag("UploadTooLarge", () =>
              Effect.fail(new PayloadTooLarge({ error: `The file is larger than ${maxBytes} bytes` }))
            )
          )
        if (!(yield* repo.start(organizationId, importId, upload.bytes, upload.publish))) return yield* used
        // The file is taken: an import that could not be enqueued now is found by `enqueueUnfinished`.
        yield* Effect.catchDefect(jobs.enqueue({ _tag: "Import", organizationId, importId }), (defect) =>
          Effect.logWarning("import not enqueued yet", Cause.die(defect))
        )
        return Option.getOrThrow(yield* repo.find(organizationId, importId))
      }, Effect.scoped)

      const run = Effect.fn("Imports.run")(function* (organizationId: OrganizationId, importId: ImportId) {
        const version = Option.getOrUndefined(yield* repo.uploadVersion(organizationId, importId))
        yield* runImport(organizationId, importId).pipe(
          Effect.provideService(ImportRepo, repo),
          Effect.provideService(ImportReportRepo, reports),
          Effect.provideService(FileStaging, staging),
          // What was put at the key since the import began is not what was uploaded for it.
          Effect.provideService(UploadStore, { ...store, read: (key) => store.read(key, version) })
        )
      })

      const enqueueUnfinished = Effect.gen(function* () {
        const quiet = yield* repo.quiet(quietFor)
        yield* Effect.forEach(
          quiet,
          ({ organizationId, id }) => jobs.enqueue({ _tag: "Import", organizationId, importId: id }),
          { discard: true }
        )
        return quiet.length
      }).pipe(Effect.withSpan("Imports.enqueueUnfinished"))

      return { create, latest, receive, run, enqueueUnfinished }
    })
  )
}

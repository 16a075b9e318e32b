import type { Actor } from "@audiences/domain/Actor"
import type {
  FileImport,
  FileImportWithUpload,
  ImportDryRun,
  ImportEnded,
  ImportId,
  ImportListQuery,
  ImportNotFound,
  ImportQuery,
  ImportUndone,
  ImportUndoRefused,
  ImportUnfinished
} from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Page } from "@audiences/domain/Page"
import type { ValidationError } from "@audiences/domain/ValidationError"
import { Context, Effect, Layer, type Stream } from "effect"
import { ImportRepo, type ImportTarget } from "./ImportRepo.ts"
import { ImportReports } from "./reports/ImportReports.ts"
import { ImportUndo } from "./undo/ImportUndo.ts"
import { openImport } from "./OpenImport.ts"
import { UploadStore } from "./uploads/UploadStore.ts"

/** Whose files are of nobody's audience. */
export type FileTarget = Exclude<ImportTarget, { readonly _tag: "Audience" }>

/** Files of consumers, and of orders, on their way into the organization. */
export class FileImports extends Context.Service<
  FileImports,
  {
    readonly create: (
      actor: Actor,
      target: FileTarget,
      query?: ImportQuery
    ) => Effect.Effect<FileImportWithUpload, ValidationError>
    readonly latest: (organizationId: OrganizationId, target: FileTarget) => Effect.Effect<FileImport, ImportNotFound>
    /** Newest first, without the errors of rows. */
    readonly list: (
      organizationId: OrganizationId,
      target: FileTarget,
      query: ImportListQuery
    ) => Effect.Effect<Page<FileImport>, ValidationError>
    readonly get: (
      organizationId: OrganizationId,
      target: FileTarget,
      importId: ImportId
    ) => Effect.Effect<FileImport, ImportNotFound>
    /** All rejected rows as a CSV file that an import takes once it is mended. */
    readonly errors: (
      organizationId: OrganizationId,
      target: FileTarget,
      importId: ImportId
    ) => Effect.Effect<Stream.Stream<Uint8Array>, ImportNotFound | ImportUnfinished>
    /** What was done stays. Idempotent. */
    readonly cancel: (
      actor: Actor,
      target: FileTarget,
      importId: ImportId
    ) => Effect.Effect<FileImport, ImportNotFound | ImportEnded>
    /** Consumers are as before, but that whoever the import created is archived. Happens once. */
    readonly undoConsumers: (
      actor: Actor,
      importId: ImportId
    ) => Effect.Effect<FileImport, ImportNotFound | ImportUnfinished | ImportUndone | ImportDryRun | ImportUndoRefused>
    /** As `ImportUndo.undoOrders`. */
    readonly undoOrders: ImportUndo["Service"]["undoOrders"]
  }
>()("@audiences/engine/FileImports") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* ImportRepo
      const reports = yield* ImportReports
      const undos = yield* ImportUndo
      const store = yield* UploadStore

      const create = Effect.fn("FileImports.create")((actor: Actor, target: FileTarget, query: ImportQuery = {}) =>
        openImport(actor, target, query).pipe(
          Effect.provideService(ImportRepo, repo),
          Effect.provideService(UploadStore, store),
          Effect.catchTags({
            AudienceArchived: Effect.die,
            AudienceNotFound: Effect.die,
            AudienceTypeMismatch: Effect.die
          })
        )
      )

      // There is no audience that could be missing.
      return FileImports.of({
        create,
        latest: (organizationId, target) =>
          Effect.catchTag(repo.latest(organizationId, target), "AudienceNotFound", Effect.die),
        list: (organizationId, target, query) =>
          Effect.catchTag(reports.list(organizationId, target, query), "AudienceNotFound", Effect.die),
        get: (organizationId, target, importId) =>
          Effect.catchTag(reports.get(organizationId, target, importId), "AudienceNotFound", Effect.die),
        errors: (organizationId, target, importId) =>
          Effect.catchTag(reports.errors(organizationId, target, importId), "AudienceNotFound", Effect.die),
        cancel: (actor, target, importId) =>
          Effect.catchTag(reports.cancel(actor, target, importId), "AudienceNotFound", Effect.die),
        undoOrders: undos.undoOrders,
        undoConsumers: (actor, importId) =>
          Effect.catchTags(undos.undo(actor, { _tag: "Consumers" }, importId), {
            AudienceArchived: Effect.die,
            AudienceNotFound: Effect.die
          })
      })
    })
  )
}

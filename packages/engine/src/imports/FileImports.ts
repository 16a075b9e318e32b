import type { Actor } from "@audiences/domain/Actor"
import type { FileImport, FileImportWithUpload, ImportId, ImportNotFound, ImportQuery } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { ValidationError } from "@audiences/domain/ValidationError"
import { Context, Effect, Layer } from "effect"
import { ImportRepo, type ImportTarget } from "./ImportRepo.ts"
import { openImport } from "./OpenImport.ts"
import { UploadStore } from "./UploadStore.ts"

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
    readonly get: (
      organizationId: OrganizationId,
      target: FileTarget,
      importId: ImportId
    ) => Effect.Effect<FileImport, ImportNotFound>
  }
>()("@audiences/engine/FileImports") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* ImportRepo
      const store = yield* UploadStore

      const create = Effect.fn("FileImports.create")((actor: Actor, target: FileTarget, query: ImportQuery = {}) =>
        openImport(actor, target, query).pipe(
          Effect.provideService(ImportRepo, repo),
          Effect.provideService(UploadStore, store),
          // There is no audience that could be missing.
          Effect.catchTags({
            AudienceArchived: Effect.die,
            AudienceNotFound: Effect.die,
            AudienceTypeMismatch: Effect.die
          })
        )
      )

      const latest = Effect.fn("FileImports.latest")((organizationId: OrganizationId, target: FileTarget) =>
        Effect.catchTag(repo.latest(organizationId, target), "AudienceNotFound", Effect.die)
      )

      return FileImports.of({ create, latest, get: repo.fileOf })
    })
  )
}

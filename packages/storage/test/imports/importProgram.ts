// Runs one import, and prints a line for each step that it has committed.
import { ImportId } from "@audiences/domain/Import"
import { OrganizationId } from "@audiences/domain/Organization"
import { FileStaging } from "@audiences/engine/imports/staging/FileStaging"
import { ImportLimits } from "@audiences/engine/imports/ImportLimits"
import { ImportRepo } from "@audiences/engine/imports/ImportRepo"
import { ImportRowRepo } from "@audiences/engine/imports/staging/ImportRowRepo"
import { Imports } from "@audiences/engine/imports/Imports"
import { JobQueue } from "@audiences/engine/jobs/JobQueue"
import { ImportRepoSql } from "@audiences/storage/imports/ImportRepoSql"
import { ImportRowRepoSql } from "@audiences/storage/imports/staging/ImportRowRepoSql"
import { ImportReportRepoSql } from "@audiences/storage/imports/reports/ImportReportRepoSql"
import { UploadStoreFile } from "@audiences/storage/imports/uploads/UploadStoreFile"
import { Postgres } from "@audiences/storage/postgres/Postgres"
import { Console, Effect, Layer, Redacted } from "effect"

const [, , url, folder, organizationId, importId, chunkRows] = process.argv

const tellingRows = Layer.effect(
  ImportRowRepo,
  Effect.map(ImportRowRepo, (repo) =>
    ImportRowRepo.of({
      stage: (...chunk) => Effect.tap(repo.stage(...chunk), Console.log(`staged from ${chunk[2].start}`))
    })
  )
)

const telling = Layer.effect(
  ImportRepo,
  Effect.map(ImportRepo, (repo) =>
    ImportRepo.of({
      ...repo,
      deduplicate: (...which) => Effect.tap(repo.deduplicate(...which), Console.log("deduplicated")),
      merge: (...range) => Effect.tap(repo.merge(...range), Console.log(`merged from ${range[2]}`))
    })
  )
)

const layer = Imports.layer.pipe(
  Layer.provide(telling),
  Layer.provide(ImportRepoSql),
  Layer.provide(FileStaging.layer),
  Layer.provide(tellingRows),
  Layer.provide(ImportRowRepoSql),
  Layer.provide(ImportReportRepoSql),
  Layer.provide(UploadStoreFile({ folder: folder! })),
  Layer.provide(Layer.succeed(JobQueue, JobQueue.of({ enqueue: () => Effect.void, work: () => Effect.void }))),
  Layer.provide(Postgres({ url: Redacted.make(url!), maxConnections: 2 }))
)

await Effect.runPromise(
  Effect.flatMap(Imports, (imports) =>
    imports.run(OrganizationId.make(organizationId!), ImportId.make(importId!))
  ).pipe(
    Effect.provideService(ImportLimits, { maxBytes: 1_000_000_000, maxRows: 1_000_000, chunkRows: Number(chunkRows) }),
    Effect.provide(layer)
  )
)

import type { Import, ImportId } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Cause, Effect, Option, Stream } from "effect"
import { SqlError } from "effect/sql"
import { chunks, countRows } from "./ImportFile.ts"
import { ImportLimits } from "./ImportLimits.ts"
import { ImportRepo } from "./ImportRepo.ts"
import { ImportReportRepo } from "./ImportReportRepo.ts"
import { keepRejectedRows } from "./RejectedRows.ts"
import { UploadStore } from "./UploadStore.ts"

/** The rows of a counted file from where the import got to. False when somebody else has taken the import over. */
const bringIn = Effect.fnUntraced(function* (started: Import) {
  const repo = yield* ImportRepo
  const store = yield* UploadStore
  const { chunkRows } = yield* ImportLimits
  return yield* chunks(
    store.read(started.s3Key),
    started.processedConsumers,
    chunkRows,
    started.spreadsheet ?? false
  ).pipe(
    // The next chunk is read while the database works on this one.
    Stream.buffer({ capacity: 1 }),
    Stream.mapEffect((chunk) => repo.merge(started.organizationId, started.id, chunk)),
    Stream.takeUntil((merged) => !merged),
    Stream.runFold(
      () => true,
      (_, merged) => merged
    )
  )
})

const advance = Effect.fnUntraced(function* (started: Import) {
  const repo = yield* ImportRepo
  const store = yield* UploadStore
  const { maxRows } = yield* ImportLimits
  if ((started.totalConsumers ?? null) === null) {
    yield* repo.counted(started.organizationId, started.id, yield* countRows(store.read(started.s3Key), maxRows))
  }
  if (!(yield* bringIn(started))) return
  yield* keepRejectedRows(started)
  yield* repo.complete(started.organizationId, started.id)
})

/** Brings an import to its end from wherever it is. A database that is away is the job queue's to wait for. */
export const runImport = Effect.fnUntraced(function* (organizationId: OrganizationId, id: ImportId) {
  const repo = yield* ImportRepo
  const store = yield* UploadStore
  const found = Option.getOrUndefined(yield* repo.find(organizationId, id))
  if (found === undefined || found.status === "PENDING") return
  if (found.status === "PROCESSING") {
    const fail = (message: string, line = 1) => repo.fail(organizationId, id, { message, line })
    yield* advance(found).pipe(
      Effect.catchTags({
        FileRefused: ({ message, line }) => fail(message, line),
        UploadMissing: () => fail("The uploaded file is no longer there. Import it again."),
        AudienceArchived: () =>
          fail("The audience was archived while the import was running. Rows before that are in."),
        ChunkRefused: ({ message }) => fail(message)
      }),
      Effect.catchDefect((defect) =>
        SqlError.isSqlError(defect)
          ? Effect.die(defect)
          : Effect.andThen(
              Effect.logError("import failed", Cause.die(defect)),
              fail("Something went wrong that the file is not to blame for. Rows counted as processed are in.")
            )
      )
    )
  }
  const ended = Option.getOrUndefined(yield* repo.find(organizationId, id))
  if (ended?.status !== "COMPLETED" && ended?.status !== "FAILED") return
  if (ended.status === "FAILED") yield* keepRejectedRows(ended)
  yield* store.remove(ended.s3Key)
  const reports = yield* ImportReportRepo
  yield* reports.close(organizationId, id)
})

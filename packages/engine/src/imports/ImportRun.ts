import type { AudienceArchived } from "@audiences/domain/Audience"
import type { ImportId } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Cause, Effect, Option } from "effect"
import { SqlError } from "effect/sql"
import { FileStaging } from "./staging/FileStaging.ts"
import { ImportLimits, maxImportAttempts } from "./ImportLimits.ts"
import { type Advance, ImportRepo, type ImportStanding } from "./ImportRepo.ts"
import { ImportReportRepo } from "./reports/ImportReportRepo.ts"
import { keepRejectedRows } from "./reports/RejectedRows.ts"
import { UploadStore } from "./uploads/UploadStore.ts"

interface Key {
  readonly organizationId: OrganizationId
  readonly id: ImportId
}

const stageFile = Effect.fnUntraced(function* (key: Key, standing: ImportStanding) {
  const repo = yield* ImportRepo
  const staging = yield* FileStaging
  const store = yield* UploadStore
  const staged = yield* staging.stage({ ...key, standing }, store.read(standing.s3Key))
  if (staged.advance === "advanced") yield* repo.staged(key.organizationId, key.id, staged.rows)
  return staged.advance
})

/** Merges staged rows; one that the database does not take is looked for by halves, and is rejected. */
const merge = (
  key: Key,
  start: number,
  count: number
): Effect.Effect<Advance | "again", AudienceArchived, ImportRepo> =>
  Effect.flatMap(ImportRepo, (repo) => {
    const some = repo.merge(key.organizationId, key.id, start, count)
    return Effect.catchTag(some, "ChunkRefused", (refused) => {
      if (count === 1) {
        const reject = repo.reject(key.organizationId, key.id, start, refused)
        return Effect.andThen(reject, Effect.catchTag(some, "ChunkRefused", Effect.die))
      }
      const half = count >> 1
      return Effect.flatMap(merge(key, start, half), (advance) =>
        advance === "advanced" ? merge(key, start + half, count - half) : Effect.succeed(advance)
      )
    })
  })

/** What was rejected is kept before anybody is told to look at it. */
const complete = Effect.fnUntraced(function* (key: Key, { s3Key }: ImportStanding) {
  const repo = yield* ImportRepo
  yield* keepRejectedRows(key, s3Key)
  yield* repo.complete(key.organizationId, key.id)
  return "advanced" satisfies Advance as Advance
})

/** From wherever it stands to the end of what can be done now. */
const advance = Effect.fnUntraced(function* (key: Key, begun: ImportStanding) {
  const repo = yield* ImportRepo
  const { chunkRows } = yield* ImportLimits
  let at: ImportStanding | undefined = begun
  while (at?.status === "PROCESSING") {
    const { deduplicated, processedRows, stagedRows, totalRows } = at
    const done =
      totalRows === null || stagedRows < totalRows
        ? yield* stageFile(key, at)
        : !deduplicated
          ? yield* repo.deduplicate(key.organizationId, key.id)
          : processedRows < totalRows
            ? yield* merge(key, processedRows, Math.min(chunkRows, totalRows - processedRows))
            : yield* complete(key, at)
    if (done === "stopped") return
    at = Option.getOrUndefined(yield* repo.standing(key.organizationId, key.id))
  }
})

const givenUp =
  `It was tried ${maxImportAttempts} times without coming further: the process or the database ended each time. ` +
  "Rows counted as processed are in."

const processing = Effect.fnUntraced(function* (key: Key, at: ImportStanding) {
  const repo = yield* ImportRepo
  const fail = (message: string, line = 1) => repo.fail(key.organizationId, key.id, { message, line })
  if (at.attempts > maxImportAttempts) return yield* fail(givenUp)
  yield* advance(key, at).pipe(
    Effect.catchTags({
      FileRefused: ({ message, line }) => fail(message, line),
      UploadMissing: () => fail("The uploaded file is no longer there. Import it again."),
      AudienceArchived: () => fail("The audience was archived while the import was running. Rows before that are in.")
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
})

/** Brings an import to its end from wherever it is. A database that is away is the job queue's to wait for. */
export const runImport = Effect.fnUntraced(function* (organizationId: OrganizationId, id: ImportId) {
  const repo = yield* ImportRepo
  const store = yield* UploadStore
  const at = Option.getOrUndefined(yield* repo.attempt(organizationId, id))
  if (at?.status === "PROCESSING") yield* processing({ organizationId, id }, at)
  const ended = Option.getOrUndefined(yield* repo.standing(organizationId, id))
  if (ended?.status !== "COMPLETED" && ended?.status !== "FAILED") return
  if (ended.status === "FAILED") yield* keepRejectedRows({ organizationId, id }, ended.s3Key)
  yield* store.remove(ended.s3Key)
  yield* repo.clear(organizationId, id)
  const reports = yield* ImportReportRepo
  yield* reports.close(organizationId, id)
})

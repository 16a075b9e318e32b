import type { Actor } from "@audiences/domain/Actor"
import { ImportId, type ImportQuery } from "@audiences/domain/Import"
import { Uuid } from "@audiences/domain/Uuid"
import { type Problem, refuse } from "@audiences/domain/ValidationError"
import { DateTime, Duration, Effect, Option } from "effect"
import { consumerColumns } from "./rows/CsvColumns.ts"
import { mappingProblems } from "./rows/FileColumns.ts"
import { ImportRepo, type ImportTarget } from "./ImportRepo.ts"
import { orderColumns } from "./rows/OrderColumns.ts"
import { UploadStore } from "./uploads/UploadStore.ts"
import { uploadUrl } from "./uploads/UploadUrls.ts"

/** How long an upload URL lives. */
const uploadLifetime = Duration.hours(1)

const folderOf = (target: ImportTarget): string => {
  switch (target._tag) {
    case "Audience":
      return target.audienceId
    case "Consumers":
      return "consumers"
    case "Orders":
      return "orders"
  }
}

const problemsOf = (target: ImportTarget, mapping: ImportQuery["mapping"]): ReadonlyArray<Problem> =>
  mapping === undefined
    ? []
    : target._tag === "Orders"
      ? mappingProblems(orderColumns, mapping)
      : mappingProblems(consumerColumns, mapping)

/** Makes an import that waits for its file, and the URL that takes it. */
export const openImport = Effect.fnUntraced(function* (
  actor: Actor,
  target: ImportTarget,
  { dryRun = false, mapping, mode = "upsert", spreadsheet = false }: ImportQuery
) {
  const repo = yield* ImportRepo
  const { intake } = yield* UploadStore
  const problems = problemsOf(target, mapping)
  if (problems.length > 0) return yield* refuse({ mapping }, problems)
  const { organizationId } = actor
  const id = ImportId.make(yield* yield* Uuid)
  const createdAt = yield* DateTime.now
  const uploadExpiresAt = DateTime.addDuration(createdAt, uploadLifetime)
  const made = yield* repo.create(actor, {
    id,
    target,
    s3Key: (millis) => `imports/${organizationId}/${folderOf(target)}/${millis}.csv`,
    uploadExpiresAt,
    createdAt,
    spreadsheet,
    mode,
    dryRun,
    mapping: mapping ?? null
  })
  if (intake._tag === "Bucket") return { ...made, uploadUrl: yield* intake.uploadUrl(made.s3Key, uploadExpiresAt) }
  const secret = Option.getOrThrow(yield* repo.uploadSecret(organizationId))
  return { ...made, uploadUrl: yield* uploadUrl(secret, organizationId, id, uploadExpiresAt) }
})

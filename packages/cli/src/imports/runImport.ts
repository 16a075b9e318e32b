import { Clock, Effect, Option } from "effect"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { note, printRecord } from "../output/Output.ts"
import { writableOutput } from "../OutputFile.ts"
import { openUserFile } from "../UserFile.ts"
import { importQueryOf, type ImportFlags } from "./ImportFlags.ts"
import type { ImportPlace } from "./ImportPlace.ts"
import { writeRejectedRows } from "./RejectedRows.ts"
import { report } from "./Report.ts"
import { sizedFile } from "./SizedFile.ts"
import { upload } from "./Upload.ts"
import { watchImport } from "./watch.ts"

/** Opens an import and sends it its file. */
const begin = Effect.fnUntraced(function* (place: ImportPlace, { file, ...flags }: ImportFlags) {
  // Before the import is opened: a file that is not there should leave no trace.
  const sized = yield* sizedFile(yield* openUserFile(file))
  const { consumerImports, imports, orderImports } = yield* AudiencesClient
  const query = importQueryOf(flags)
  const { uploadUrl, ...begun } = yield* place._tag === "Audience"
    ? imports.create({ params: { audienceId: place.audienceId }, query })
    : (place._tag === "Consumers" ? consumerImports : orderImports).create({ query })
  yield* upload(uploadUrl, sized)
  return begun
}, Effect.scoped)

/** Brings a file in, as far as the flags say: to its upload, or to the end of the import. */
export const runImport = Effect.fnUntraced(function* (place: ImportPlace, flags: ImportFlags) {
  const { dryRun, errors, watch } = flags
  if (Option.isSome(errors)) yield* writableOutput(errors.value)
  const startedAt = yield* Clock.currentTimeMillis
  const begun = yield* begin(place, flags)
  if (!watch && !dryRun && Option.isNone(errors)) return yield* printRecord(begun)
  const done = yield* watchImport(place, begun.id)
  const elapsedMillis = (yield* Clock.currentTimeMillis) - startedAt
  if (Option.isSome(errors) && done.errorCount > 0) {
    yield* writeRejectedRows(place, done.id, errors)
    yield* note(`The refused rows are in ${errors.value}: mend them there and import the file.`)
  }
  yield* report(place, done, elapsedMillis)
})

import { Effect, type Option, Schedule } from "effect"
import type { ImportId } from "@audiences/domain/Import"
import { writeOutput } from "../OutputFile.ts"
import { type ImportPlace, importsOf } from "./ImportPlace.ts"

/** A failed import's report is there moments after it has failed: so often is it asked for. */
const patience = 40

/** Writes the refused rows of an import that has ended, with the reasons. */
export const writeRejectedRows = Effect.fnUntraced(function* (
  place: ImportPlace,
  importId: ImportId,
  file: Option.Option<string>
) {
  const imports = yield* importsOf(place)
  const ended = yield* imports.get(importId)
  const waits = ended.status === "COMPLETED" || ended.status === "FAILED"
  const bytes = yield* imports.errors(importId).pipe(
    Effect.retry({
      schedule: Schedule.spaced("250 millis"),
      times: patience,
      while: (error) => waits && error._tag === "ImportUnfinished"
    })
  )
  yield* writeOutput(file, bytes)
})

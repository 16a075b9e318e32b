import { Clock, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { ImportQuery } from "@audiences/domain/Import"
import { audienceArgument } from "../Ids.ts"
import { note, printRecord } from "../output/Output.ts"
import { Progress } from "../output/Progress.ts"
import { openUserFile } from "../UserFile.ts"
import { importFlags, importQueryOf } from "./ImportFlags.ts"
import { writeRejectedRows } from "./RejectedRows.ts"
import { report } from "./Report.ts"
import { upload } from "./Upload.ts"
import { watchImport } from "./watch.ts"

const begin = Effect.fnUntraced(function* (audienceId: AudienceId, file: string, query: ImportQuery) {
  // Before the import is opened: a file that is not there should leave no trace.
  const opened = yield* openUserFile(file)
  const { imports } = yield* AudiencesClient
  const { uploadUrl, ...begun } = yield* imports.create({ params: { audienceId }, query })
  yield* upload(uploadUrl, opened)
  return begun
})

export const importCommand = Command.make(
  "import",
  {
    audience: audienceArgument,
    ...importFlags,
    errors: Flag.String("errors").pipe(
      Flag.optional,
      Flag.withMetavar("file"),
      Flag.withDescription("Wait as with --watch, and write the refused rows, if any, into this file, with the reasons")
    )
  },
  Effect.fn("imports.import")(function* ({ audience, errors, file, watch, ...flags }) {
    const startedAt = yield* Clock.currentTimeMillis
    const begun = yield* begin(audience, file, importQueryOf(flags))
    if (!watch && !flags.dryRun && Option.isNone(errors)) return yield* printRecord(begun)
    const done = yield* watchImport(audience, begun.id)
    const elapsedMillis = (yield* Clock.currentTimeMillis) - startedAt
    if (Option.isSome(errors) && done.errorCount > 0) {
      yield* writeRejectedRows(audience, done.id, errors)
      yield* note(`The refused rows are in ${errors.value}: mend them there and import the file.`)
    }
    yield* report(done, elapsedMillis)
  }, Effect.provide(Progress.layer))
).pipe(
  Command.withDescription("Import consumers from a CSV file into a STATIC_LIST"),
  Command.withExamples([
    {
      command: "audiences import 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 customers.csv --watch",
      description: "Import and wait"
    },
    {
      command: "audiences import 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 customers.csv --errors refused.csv",
      description: "Import, wait, and keep the rows that were refused"
    },
    {
      command: "audiences import 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 customers.csv --mode update --dry-run",
      description: "What would happen if only people who are known were updated"
    },
    {
      command: "zcat customers.csv.gz | audiences import 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 - --watch",
      description: "From standard input"
    }
  ])
)

import { Clock, Effect, Option, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { Uploads } from "@audiences/client/Uploads"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { type Import, ImportMode, type ImportQuery } from "@audiences/domain/Import"
import { audienceArgument } from "../Ids.ts"
import { note, printRecord } from "../output/Output.ts"
import { Progress } from "../output/Progress.ts"
import { optionalKey } from "../Paging.ts"
import { openUserFile, type UserFile } from "../UserFile.ts"
import { ImportFailed } from "./ImportFailed.ts"
import { writeRejectedRows } from "./RejectedRows.ts"
import { rowErrorLines } from "./RowErrors.ts"
import { watchImport } from "./watch.ts"

const sizeText = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`

/** Sends the file and shows how much of it is on its way. */
const upload = Effect.fnUntraced(
  function* (uploadUrl: string, { bytes, size }: UserFile) {
    const { uploadCsv } = yield* Uploads
    const progress = yield* Progress
    const counted = Stream.suspend(() => {
      let sent = 0
      return Stream.tap(bytes, (chunk) => {
        sent += chunk.length
        return progress.show({
          label: "Uploading",
          ...(size === undefined || size === 0 ? {} : { percent: Math.min(100, (100 * sent) / size) }),
          details: [sizeText(sent)]
        })
      })
    })
    yield* uploadCsv(uploadUrl, counted, { replayable: size !== undefined, ...(size === undefined ? {} : { size }) })
  },
  Effect.ensuring(Effect.flatMap(Progress, ({ end }) => end)),
  Effect.onInterrupt(() => note("The file has not arrived in full: nothing of it is imported."))
)

const begin = Effect.fnUntraced(function* (audienceId: AudienceId, file: string, query: ImportQuery) {
  // Before the import is opened: a file that is not there should leave no trace.
  const opened = yield* openUserFile(file)
  const { imports } = yield* AudiencesClient
  const { uploadUrl, ...begun } = yield* imports.create({ params: { audienceId }, query })
  yield* upload(uploadUrl, opened)
  return begun
})

const grouped = (count: number): string => count.toLocaleString("en-US")

/** What became of the rows, where the host tells. */
const partition = ({ createdRows, duplicateRows, rejectedRows, unchangedRows, updatedRows }: Import): string => {
  const counts = {
    created: createdRows,
    updated: updatedRows,
    unchanged: unchangedRows,
    duplicate: duplicateRows,
    refused: rejectedRows
  }
  const told = Object.entries(counts).flatMap(([name, count]) =>
    count === undefined ? [] : [`${grouped(count)} ${name}`]
  )
  return told.length === 0 ? "" : `: ${told.join(", ")}`
}

const report = Effect.fnUntraced(function* (done: Import, elapsedMillis: number) {
  const { errors: _, ...fields } = done
  yield* printRecord(done, Object.entries(fields))
  for (const line of rowErrorLines(done)) yield* note(line)
  if (done.status === "FAILED") {
    return yield* new ImportFailed({
      message: `The import failed${done.failureReason == null ? "" : `: ${done.failureReason}`}`
    })
  }
  yield* note(`${grouped(done.processedConsumers)} rows in ${(elapsedMillis / 1000).toFixed(1)} s${partition(done)}.`)
  if (done.dryRun === true) yield* note("It was a dry run: nothing has been written.")
})

export const importCommand = Command.make(
  "import",
  {
    audience: audienceArgument,
    file: Argument.String("file").pipe(Argument.withDescription("CSV file with a header line; - for standard input")),
    watch: Flag.Boolean("watch").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription("Wait until it is over, with progress on standard error; exit 1 if it failed")
    ),
    errors: Flag.String("errors").pipe(
      Flag.optional,
      Flag.withMetavar("file"),
      Flag.withDescription("Wait as with --watch, and write the refused rows, if any, into this file, with the reasons")
    ),
    mode: Flag.Literals("mode", ImportMode.literals).pipe(
      Flag.optional,
      Flag.withDescription(
        "create refuses rows of people who are known, update of those who are not; upsert unless given"
      )
    ),
    dryRun: Flag.Boolean("dry-run").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription("Write nothing, and report what would happen; waits as with --watch")
    ),
    spreadsheet: Flag.Boolean("spreadsheet").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription("Take off the apostrophes that `export --spreadsheet` has put before formulas")
    )
  },
  Effect.fn("imports.import")(function* ({ audience, dryRun, errors, file, mode, spreadsheet, watch }) {
    const startedAt = yield* Clock.currentTimeMillis
    const begun = yield* begin(audience, file, {
      ...optionalKey("mode", mode),
      ...(dryRun ? { dryRun } : {}),
      ...(spreadsheet ? { spreadsheet } : {})
    })
    if (!watch && !dryRun && Option.isNone(errors)) return yield* printRecord(begun)
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

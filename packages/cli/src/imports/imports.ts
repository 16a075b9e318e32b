import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { ImportStatus } from "@audiences/domain/Import"
import { served } from "../connection/Server.ts"
import { audienceArgument, importArgument } from "../Ids.ts"
import { note, printRecord } from "../output/Output.ts"
import { outputFlag } from "../OutputFile.ts"
import { optionalKey, pagingFlags, printPaged } from "../Paging.ts"
import { columns } from "./columns.ts"
import { writeRejectedRows } from "./RejectedRows.ts"
import { rowErrorLines } from "./RowErrors.ts"

const one = { audience: audienceArgument, importId: importArgument }
const ids = "01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 01984a3e-7c10-7a80-9d10-3c5f6d0c2f33"

const list = Command.make(
  "list",
  {
    audience: audienceArgument,
    ...pagingFlags,
    status: Flag.Literals("status", ImportStatus.literals).pipe(
      Flag.optional,
      Flag.withDescription("Those that are it")
    )
  },
  Effect.fn("imports.list")(function* ({ audience, status, ...paging }) {
    const { imports } = yield* AudiencesClient
    yield* printPaged(
      paging,
      (page) =>
        imports.list({ params: { audienceId: audience }, query: { ...page, ...optionalKey("status", status) } }),
      columns,
      "No imports."
    )
  })
).pipe(
  Command.withDescription("List the imports of an audience, newest first"),
  Command.withExamples([
    {
      command: "audiences imports list 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 --status FAILED",
      description: "Those that failed, and why"
    }
  ])
)

const show = Command.make(
  "show",
  one,
  Effect.fn("imports.show")(function* ({ audience, importId }) {
    const { imports } = yield* AudiencesClient
    const found = yield* imports.get({ params: { audienceId: audience, importId } })
    const { errors: _, ...fields } = found
    yield* printRecord(found, Object.entries(fields))
    for (const line of rowErrorLines(found)) yield* note(line)
  })
).pipe(
  Command.withDescription("Show an import: how far it is, and what became of its rows"),
  Command.withExamples([
    { command: `audiences imports show ${ids}`, description: "With the first rows that were refused" }
  ])
)

const errors = Command.make(
  "errors",
  { ...one, output: outputFlag },
  Effect.fn("imports.errors")(function* ({ audience, importId, output }) {
    yield* writeRejectedRows(audience, importId, output)
  })
).pipe(
  Command.withDescription(
    "Download the refused rows as CSV, as they stood in the file, with the reasons; mended, it can be imported"
  ),
  Command.withExamples([
    { command: `audiences imports errors ${ids} -o refused.csv`, description: "Into a file, to be mended" }
  ])
)

const cancel = Command.make(
  "cancel",
  one,
  Effect.fn("imports.cancel")(function* ({ audience, importId }) {
    const { imports } = yield* AudiencesClient
    const { errors: _, ...cancelled } = yield* imports.cancel({ params: { audienceId: audience, importId } })
    yield* printRecord(cancelled)
  })
).pipe(
  Command.withDescription("Stop an import; what it has done stays"),
  Command.withExamples([{ command: `audiences imports cancel ${ids}`, description: "It is FAILED from then on" }])
)

export const imports = Command.make("imports").pipe(
  Command.withDescription("Imports of an audience: what became of them, their refused rows, and an end to them"),
  Command.withSubcommands([served(list), served(show), served(errors), served(cancel)])
)

import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { ImportStatus } from "@audiences/domain/Import"
import { confirm } from "../confirmation/Confirmation.ts"
import { served } from "../connection/Server.ts"
import { audienceArgument, importArgument } from "../Ids.ts"
import { note, printRecord } from "../output/Output.ts"
import { Progress } from "../output/Progress.ts"
import { outputFlag } from "../OutputFile.ts"
import { optionalKey, pagingFlags, printPaged } from "../Paging.ts"
import { columns } from "./columns.ts"
import { writeRejectedRows } from "./RejectedRows.ts"
import { rowErrorLines } from "./RowErrors.ts"
import { watchUndo } from "./watchUndo.ts"

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

const undo = Command.make(
  "undo",
  one,
  Effect.fn("imports.undo")(function* ({ audience, importId }) {
    yield* confirm(`Undo the import ${importId}, and archive whom it created?`)
    const { imports } = yield* AudiencesClient
    const begun = yield* imports.undo({ params: { audienceId: audience, importId } })
    const { errors: _, ...undone } = yield* watchUndo(audience, begun)
    yield* printRecord(undone)
    if ((undone.undoSkipped ?? 0) > 0) {
      yield* note(`${undone.undoSkipped} consumers were written meanwhile, and are left as they are.`)
    }
  }, Effect.provide(Progress.layer))
).pipe(
  Command.withDescription(
    "Put consumers and members back to what they were before an import; whom it created is archived"
  ),
  Command.withExamples([
    { command: `audiences imports undo ${ids}`, description: "Refused where it would lose what was written since" }
  ])
)

export const imports = Command.make("imports").pipe(
  Command.withDescription(
    "Imports of an audience: what became of them, their refused rows, an end to them, and the way back"
  ),
  Command.withSubcommands([served(list), served(show), served(errors), served(cancel), served(undo)])
)

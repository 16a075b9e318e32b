import { Effect } from "effect"
import { Command } from "effect/cli"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { served } from "../connection/Server.ts"
import { audienceArgument, importArgument } from "../Ids.ts"
import { Progress } from "../output/Progress.ts"
import { outputFlag } from "../OutputFile.ts"
import { optionalKey } from "../Paging.ts"
import { importListFlags } from "./ImportFlags.ts"
import { cancelImport, listImports, showImport, undoImport } from "./ImportVerbs.ts"
import { writeRejectedRows } from "./RejectedRows.ts"

const into = (audienceId: AudienceId) => ({ _tag: "Audience", audienceId }) as const
const one = { audience: audienceArgument, importId: importArgument }
const ids = "01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 01984a3e-7c10-7a80-9d10-3c5f6d0c2f33"

const list = Command.make(
  "list",
  { audience: audienceArgument, ...importListFlags },
  Effect.fn("imports.list")(function* ({ audience, status, ...paging }) {
    yield* listImports(into(audience), paging, optionalKey("status", status))
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
    yield* showImport(into(audience), importId)
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
    yield* writeRejectedRows(into(audience), importId, output)
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
    yield* cancelImport(into(audience), importId)
  })
).pipe(
  Command.withDescription("Stop an import; what it has done stays"),
  Command.withExamples([{ command: `audiences imports cancel ${ids}`, description: "It is FAILED from then on" }])
)

const undo = Command.make(
  "undo",
  one,
  Effect.fn("imports.undo")(function* ({ audience, importId }) {
    yield* undoImport(into(audience), importId)
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

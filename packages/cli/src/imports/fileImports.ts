import { Effect } from "effect"
import { Command } from "effect/cli"
import { served } from "../connection/Server.ts"
import { fileImportArgument } from "../Ids.ts"
import { Progress } from "../output/Progress.ts"
import { outputFlag } from "../OutputFile.ts"
import { optionalKey } from "../Paging.ts"
import { importListFlags } from "./ImportFlags.ts"
import type { ImportPlace } from "./ImportPlace.ts"
import { cancelImport, listImports, showImport, undoImport } from "./ImportVerbs.ts"
import { writeRejectedRows } from "./RejectedRows.ts"

const id = "01984a3e-7c10-7a80-9d10-3c5f6d0c2f33"

/** The verbs for imports of consumers, or of orders, without an audience. */
export const fileImports = (place: Exclude<ImportPlace, { readonly _tag: "Audience" }>) => {
  const nouns = place._tag === "Consumers" ? "consumers" : "orders"
  const one = { importId: fileImportArgument(nouns) }
  const typed = `audiences ${nouns} imports`

  const list = Command.make(
    "list",
    importListFlags,
    Effect.fn("imports.listFiles")(({ status, ...paging }) => listImports(place, paging, optionalKey("status", status)))
  ).pipe(
    Command.withDescription(`List the imports of ${nouns}, newest first`),
    Command.withExamples([{ command: `${typed} list --status FAILED`, description: "Those that failed, and why" }])
  )

  const show = Command.make(
    "show",
    one,
    Effect.fn("imports.showFile")(({ importId }) => showImport(place, importId))
  ).pipe(
    Command.withDescription("Show an import: how far it is, and what became of its rows"),
    Command.withExamples([{ command: `${typed} show ${id}`, description: "With the first rows that were refused" }])
  )

  const errors = Command.make(
    "errors",
    { ...one, output: outputFlag },
    Effect.fn("imports.fileErrors")(({ importId, output }) => writeRejectedRows(place, importId, output))
  ).pipe(
    Command.withDescription(
      "Download the refused rows as CSV, as they stood in the file, with the reasons; mended, it can be imported"
    ),
    Command.withExamples([
      { command: `${typed} errors ${id} -o refused.csv`, description: "Into a file, to be mended" }
    ])
  )

  const cancel = Command.make(
    "cancel",
    one,
    Effect.fn("imports.cancelFile")(({ importId }) => cancelImport(place, importId))
  ).pipe(
    Command.withDescription("Stop an import; what it has done stays"),
    Command.withExamples([{ command: `${typed} cancel ${id}`, description: "It is FAILED from then on" }])
  )

  const undo = Command.make(
    "undo",
    one,
    Effect.fn("imports.undoFile")(({ importId }) => undoImport(place, importId), Effect.provide(Progress.layer))
  ).pipe(
    Command.withDescription(
      place._tag === "Consumers"
        ? "Put consumers back to what they were before an import; whom it created is archived"
        : "Put orders back to what they were before an import; those it created disappear"
    ),
    Command.withExamples([
      { command: `${typed} undo ${id}`, description: "Refused where it would lose what was written since" }
    ])
  )

  return Command.make("imports").pipe(
    Command.withDescription(
      `Imports of ${nouns}: what became of them, their refused rows, an end to them, and the way back`
    ),
    Command.withSubcommands([served(list), served(show), served(errors), served(cancel), served(undo)])
  )
}

import { Effect } from "effect"
import { Command } from "effect/cli"
import { Progress } from "../output/Progress.ts"
import { importFlags } from "./ImportFlags.ts"
import type { ImportPlace } from "./ImportPlace.ts"
import { runImport } from "./runImport.ts"

/** The verb that imports files of consumers, or of orders, without an audience. */
export const importFile = (
  place: ImportPlace,
  { description, example }: { readonly description: string; readonly example: string }
) =>
  Command.make(
    "import",
    importFlags,
    Effect.fn("imports.file")((flags) => runImport(place, flags), Effect.provide(Progress.layer))
  ).pipe(
    Command.withDescription(description),
    Command.withExamples([
      { command: example, description: "Import and wait" },
      {
        command: example.replace("--watch", "--errors refused.csv"),
        description: "Import, wait, and keep the rows that were refused"
      }
    ])
  )

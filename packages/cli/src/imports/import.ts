import { Effect } from "effect"
import { Command } from "effect/cli"
import { audienceArgument } from "../Ids.ts"
import { Progress } from "../output/Progress.ts"
import { importFlags } from "./ImportFlags.ts"
import { runImport } from "./runImport.ts"

export const importCommand = Command.make(
  "import",
  { audience: audienceArgument, ...importFlags },
  Effect.fn("imports.import")(function* ({ audience, ...flags }) {
    yield* runImport({ _tag: "Audience", audienceId: audience }, flags)
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

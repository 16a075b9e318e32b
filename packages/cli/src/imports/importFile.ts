import { Clock, Effect } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { printRecord } from "../output/Output.ts"
import { Progress } from "../output/Progress.ts"
import { openUserFile } from "../UserFile.ts"
import { importFlags, importQueryOf } from "./ImportFlags.ts"
import { report } from "./Report.ts"
import { upload } from "./Upload.ts"
import { follow } from "./watch.ts"

/** The verb that imports files of consumers, or of orders, without an audience. */
export const importFile = (
  group: "consumerImports" | "orderImports",
  { description, example }: { readonly description: string; readonly example: string }
) =>
  Command.make(
    "import",
    importFlags,
    Effect.fn("imports.file")(function* ({ file, watch, ...flags }) {
      const startedAt = yield* Clock.currentTimeMillis
      // Before the import is opened: a file that is not there should leave no trace.
      const opened = yield* openUserFile(file)
      const imports = (yield* AudiencesClient)[group]
      const { uploadUrl, ...begun } = yield* imports.create({ query: importQueryOf(flags) })
      yield* upload(uploadUrl, opened)
      if (!watch && !flags.dryRun) return yield* printRecord(begun)
      const done = yield* follow(imports.get({ params: { importId: begun.id } }), "The import goes on.")
      yield* report(done, (yield* Clock.currentTimeMillis) - startedAt)
    }, Effect.provide(Progress.layer))
  ).pipe(
    Command.withDescription(description),
    Command.withExamples([{ command: example, description: "Import and wait" }])
  )

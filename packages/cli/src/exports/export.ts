import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { ExportFormat } from "@audiences/domain/MemberExport"
import { audienceArgument } from "../Ids.ts"
import { outputFlag, writeOutput } from "../OutputFile.ts"

export const exportCommand = Command.make(
  "export",
  {
    audience: audienceArgument,
    output: outputFlag,
    format: Flag.Literals("format", ExportFormat.literals).pipe(
      Flag.withDefault("csv"),
      Flag.withDescription("csv, as an import takes it, or ndjson, one object per line")
    ),
    spreadsheet: Flag.Boolean("spreadsheet").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription(
        "With an apostrophe before cells that a spreadsheet would run; `import --spreadsheet` takes it off"
      )
    )
  },
  Effect.fn("exports.export")(function* ({ audience, format, output, spreadsheet }) {
    const { exports } = yield* AudiencesClient
    const bytes = yield* exports.members({ params: { audienceId: audience }, query: { format, spreadsheet } })
    yield* writeOutput(output, bytes)
  })
).pipe(
  Command.withDescription("Export the members of an audience, as of now"),
  Command.withExamples([
    {
      command: "audiences export 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 -o members.csv",
      description: "Into a file, which is replaced when the new one is whole"
    },
    {
      command: "audiences export 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 --format ndjson | jq -r .email",
      description: "To another program"
    }
  ])
)

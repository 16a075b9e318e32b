import { Effect } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { confirm } from "../confirmation/Confirmation.ts"
import { audienceArgument } from "../Ids.ts"
import { printRecord } from "../output/Output.ts"

export const archive = Command.make(
  "archive",
  { audience: audienceArgument },
  Effect.fn("audiences.archive")(function* ({ audience }) {
    yield* confirm(`Archive the audience ${audience}, for good?`)
    const { audiences } = yield* AudiencesClient
    yield* printRecord(yield* audiences.archive({ params: { audienceId: audience } }))
  })
).pipe(
  Command.withDescription("Archive an audience: it leaves the lists and stops refreshing, for good"),
  Command.withExamples([
    {
      command: "audiences archive 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 --yes",
      description: "In a script, where nobody is asked"
    }
  ])
)

import { Effect } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { audienceArgument } from "../Ids.ts"
import { printRecord } from "../output/Output.ts"

export const archive = Command.make(
  "archive",
  { audience: audienceArgument },
  Effect.fn("audiences.archive")(function* ({ audience }) {
    const { audiences } = yield* AudiencesClient
    yield* printRecord(yield* audiences.archive({ params: { audienceId: audience } }))
  })
).pipe(Command.withDescription("Archive an audience: it leaves the lists and stops refreshing, for good"))

import { Effect } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { audienceArgument } from "../Ids.ts"
import { printRecord } from "../output/Output.ts"

export const status = Command.make(
  "status",
  { audience: audienceArgument },
  Effect.fn("audiences.status")(function* ({ audience }) {
    const { audiences } = yield* AudiencesClient
    yield* printRecord(yield* audiences.status({ params: { audienceId: audience } }))
  })
).pipe(Command.withDescription("Show how fresh the membership of an audience is"))

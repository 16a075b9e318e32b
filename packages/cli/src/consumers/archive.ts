import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { confirm } from "../confirmation/Confirmation.ts"
import { consumerArgument } from "../Ids.ts"
import { printRecord } from "../output/Output.ts"

export const archive = Command.make(
  "archive",
  {
    consumer: consumerArgument,
    erase: Flag.Boolean("erase").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription("Remove what is known of the person, too, for good")
    )
  },
  Effect.fn("consumers.archive")(function* ({ consumer, erase }) {
    yield* confirm(
      `Archive the consumer ${consumer}${erase ? " and erase what is known of the person" : ""}, for good?`
    )
    const { consumers } = yield* AudiencesClient
    const query = erase ? { erase } : {}
    yield* printRecord(yield* consumers.archive({ params: { id: consumer }, query }))
  })
).pipe(
  Command.withDescription("Archive a consumer, who leaves all lists and audiences, for good"),
  Command.withExamples([
    {
      command: "audiences consumers archive 01984a3e-7c10-7a80-9d10-3c5f6d0c2f22 --erase --yes",
      description: "At the person's own request"
    }
  ])
)

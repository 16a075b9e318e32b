import { Effect } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { consumerArgument } from "../Ids.ts"
import { printRecord } from "../output/Output.ts"

export const show = Command.make(
  "show",
  { consumer: consumerArgument },
  Effect.fn("consumers.show")(function* ({ consumer }) {
    const { consumers } = yield* AudiencesClient
    yield* printRecord(yield* consumers.get({ params: { id: consumer } }))
  })
).pipe(
  Command.withDescription("Show a consumer"),
  Command.withExamples([
    {
      command: "audiences consumers show 01984a3e-7c10-7a80-9d10-3c5f6d0c2f22 --json=email,ltv",
      description: "Two fields of one consumer"
    }
  ])
)

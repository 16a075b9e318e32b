import { Effect, Stream } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { columns } from "../audiences/columns.ts"
import { consumerArgument } from "../Ids.ts"
import { printList } from "../output/Output.ts"

export const audiences = Command.make(
  "audiences",
  { consumer: consumerArgument },
  Effect.fn("consumers.audiences")(function* ({ consumer }) {
    const { consumers } = yield* AudiencesClient
    const found = yield* consumers.audiences({ params: { id: consumer } })
    yield* printList(Stream.fromIterable(found), columns, "In no audience.")
  })
).pipe(
  Command.withDescription("List the audiences a consumer is in"),
  Command.withExamples([
    {
      command: "audiences consumers audiences 01984a3e-7c10-7a80-9d10-3c5f6d0c2f22 --query name",
      description: "Their names"
    }
  ])
)

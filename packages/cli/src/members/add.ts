import { Effect } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { audienceArgument, consumersArgument } from "../Ids.ts"
import { note, printNumber } from "../output/Output.ts"

export const add = Command.make(
  "add",
  { audience: audienceArgument, consumers: consumersArgument },
  Effect.fn("members.add")(function* ({ audience, consumers }) {
    const { members } = yield* AudiencesClient
    const added = yield* members.add({ params: { audienceId: audience }, payload: { consumerIds: consumers } })
    yield* printNumber(added.addedCount, added)
    yield* note(`${added.addedCount} added, ${new Set(consumers).size - added.addedCount} there already.`)
  })
).pipe(
  Command.withDescription("Add consumers to a STATIC_LIST, all or none"),
  Command.withExamples([
    {
      command: "audiences members add 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 01984a3e-7c10-7a80-9d10-3c5f6d0c2f22",
      description: "One consumer; more may follow"
    }
  ])
)

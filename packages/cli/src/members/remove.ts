import { Effect } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { confirm } from "../confirmation/Confirmation.ts"
import { audienceArgument, consumersArgument } from "../Ids.ts"
import { note, printNumber } from "../output/Output.ts"

export const remove = Command.make(
  "remove",
  { audience: audienceArgument, consumers: consumersArgument },
  Effect.fn("members.remove")(function* ({ audience, consumers }) {
    const people = new Set(consumers).size
    yield* confirm(`Take ${people === 1 ? "one consumer" : `${people} consumers`} out of the audience ${audience}?`)
    const { members } = yield* AudiencesClient
    const removed = yield* members.remove({ params: { audienceId: audience }, payload: { consumerIds: consumers } })
    yield* printNumber(removed.removedCount, removed)
    yield* note(`${removed.removedCount} removed.`)
  })
).pipe(
  Command.withDescription("Take consumers out of a STATIC_LIST"),
  Command.withExamples([
    {
      command:
        "audiences members remove 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 01984a3e-7c10-7a80-9d10-3c5f6d0c2f22 --yes",
      description: "In a script, where nobody is asked"
    }
  ])
)

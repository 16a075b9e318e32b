import { Effect } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { audienceArgument, consumersArgument } from "../Ids.ts"
import { note, printNumber } from "../output/Output.ts"

export const remove = Command.make(
  "remove",
  { audience: audienceArgument, consumers: consumersArgument },
  Effect.fn("members.remove")(function* ({ audience, consumers }) {
    const { members } = yield* AudiencesClient
    const removed = yield* members.remove({ params: { audienceId: audience }, payload: { consumerIds: consumers } })
    yield* printNumber(removed.removedCount, removed)
    yield* note(`${removed.removedCount} removed.`)
  })
).pipe(Command.withDescription("Take consumers out of a STATIC_LIST"))

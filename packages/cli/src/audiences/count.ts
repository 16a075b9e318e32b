import { Effect } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { audienceArgument } from "../Ids.ts"
import { printNumber } from "../output/Output.ts"

export const count = Command.make(
  "count",
  { audience: audienceArgument },
  Effect.fn("audiences.count")(function* ({ audience }) {
    const { audiences } = yield* AudiencesClient
    const counted = yield* audiences.count({ params: { audienceId: audience } })
    yield* printNumber(counted.count, counted)
  })
).pipe(
  Command.withDescription("Count the members of an audience"),
  Command.withExamples([
    { command: "audiences count 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11", description: "A number on a terminal" }
  ])
)

import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { rfmFlags, rfmInput } from "./RfmFlags.ts"
import { printRfm } from "./show.ts"
import { watchRfm } from "./watch.ts"

export const create = Command.make(
  "create",
  { name: Argument.String("name").pipe(Argument.withDescription("Name of the group")), ...rfmFlags },
  Effect.fn("rfm.create")(function* ({ name, ...flags }) {
    const { rfm } = yield* AudiencesClient
    const group = yield* rfm.create({ payload: yield* rfmInput(name, flags) })
    yield* printRfm(flags.watch ? yield* watchRfm(group) : group)
  })
).pipe(
  Command.withDescription("Score consumers by recency, frequency and amount, with an audience for each segment"),
  Command.withExamples([
    { command: "audiences groups rfm create Segments --watch", description: "The five segments of fanfare5" },
    {
      command: "audiences groups rfm create Segments --map rfm10 --cuts r-rfm --as-of 2006-12-31",
      description: "As the R package rfm does"
    }
  ])
)

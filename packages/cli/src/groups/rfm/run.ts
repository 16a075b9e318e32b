import { Effect } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { groupArgument } from "../../Ids.ts"
import { watchFlag } from "../watchFlag.ts"
import { printRfm } from "./show.ts"
import { watchRfm } from "./watch.ts"

export const run = Command.make(
  "run",
  { group: groupArgument, watch: watchFlag },
  Effect.fn("rfm.run")(function* ({ group, watch }) {
    const { rfm } = yield* AudiencesClient
    const begun = yield* rfm.run({ params: { groupId: group } })
    yield* printRfm(watch ? yield* watchRfm(begun) : begun)
  })
).pipe(
  Command.withDescription("Score all consumers now"),
  Command.withExamples([
    {
      command: "audiences groups rfm run 01984a3e-7c10-7a80-9d10-3c5f6d0c2f66 --watch",
      description: "And wait until it is done"
    }
  ])
)

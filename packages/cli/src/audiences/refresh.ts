import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { audienceArgument } from "../Ids.ts"
import { printRecord } from "../output/Output.ts"
import { watchAudience } from "./watch.ts"

export const refresh = Command.make(
  "refresh",
  {
    audience: audienceArgument,
    watch: Flag.Boolean("watch").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription("Wait until it is done")
    )
  },
  Effect.fn("audiences.refresh")(function* ({ audience, watch }) {
    const { audiences } = yield* AudiencesClient
    const begun = yield* audiences.refresh({ params: { audienceId: audience } })
    yield* printRecord(watch ? yield* watchAudience(audience, begun, ({ inProgress }) => !inProgress) : begun)
  })
).pipe(
  Command.withDescription("Evaluate a DYNAMIC audience now"),
  Command.withExamples([
    {
      command: "audiences refresh 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 --watch",
      description: "And wait until it is done"
    }
  ])
)

import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { audienceArgument } from "../Ids.ts"
import { printRecord } from "../output/Output.ts"
import { watchAudience } from "./watch.ts"

export const status = Command.make(
  "status",
  {
    audience: audienceArgument,
    watch: Flag.Boolean("watch").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription("Wait until the membership reflects everything, with progress on standard error")
    )
  },
  Effect.fn("audiences.status")(function* ({ audience, watch }) {
    const { audiences } = yield* AudiencesClient
    const now = yield* audiences.status({ params: { audienceId: audience } })
    yield* printRecord(
      watch ? yield* watchAudience(audience, now, ({ inProgress, stale }) => !inProgress && !stale) : now
    )
  })
).pipe(
  Command.withDescription("Show how fresh the membership of an audience is"),
  Command.withExamples([
    {
      command: "audiences status 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 --watch",
      description: "Wait until it reflects all that happened before"
    }
  ])
)

import { Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { groupArgument } from "../../Ids.ts"
import { rfmFlags, rfmInput } from "./RfmFlags.ts"
import { printRfm } from "./show.ts"
import { watchRfm } from "./watch.ts"

export const update = Command.make(
  "update",
  {
    group: groupArgument,
    groupName: Flag.String("group-name").pipe(Flag.optional, Flag.withDescription("New name of the group")),
    ...rfmFlags
  },
  Effect.fn("rfm.update")(function* ({ group, groupName, ...flags }) {
    const { rfm } = yield* AudiencesClient
    const params = { groupId: group }
    const { audiences } = yield* rfm.get({ params })
    const name = Option.getOrElse(groupName, () => audiences[0]?.groupName ?? "")
    const changed = yield* rfm.replace({ params, payload: yield* rfmInput(name, flags) })
    yield* printRfm(flags.watch ? yield* watchRfm(changed) : changed)
  })
).pipe(
  Command.withDescription(
    "Replace the segments and score anew. Without --map or --segments the segments are those of fanfare5; without a flag of the method it stays"
  ),
  Command.withExamples([
    {
      command: "audiences groups rfm update 01984a3e-7c10-7a80-9d10-3c5f6d0c2f66 --watch",
      description: "Score anew, and wait for it"
    }
  ])
)

import { Effect, Option, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { AudienceFull } from "@audiences/domain/Audience"
import { type RfmMap, RfmMapName } from "@audiences/domain/Rfm"
import { rfmMaps } from "@audiences/domain/RfmMaps"
import { confirm } from "../../confirmation/Confirmation.ts"
import { groupArgument } from "../../Ids.ts"
import { UsageError } from "../../UsageError.ts"
import { goneAudiences } from "../goneAudiences.ts"
import { rfmFlags, rfmInput } from "./RfmFlags.ts"
import { printRfm } from "./show.ts"
import { watchRfm } from "./watch.ts"

/** The map that the segments were made of. Boxes of one's own are not kept but as rules: they have to be given again. */
const presentMap = (audiences: ReadonlyArray<AudienceFull>) =>
  Schema.decodeUnknownEffect(RfmMapName)(audiences[0]?.metadata?.rfmSegmentMap).pipe(
    Effect.mapError(
      () =>
        new UsageError({
          message: "The group has segments of its own: give them with --segments, or another map with --map."
        })
    )
  )

const segmentNames = (map: RfmMap = "fanfare5"): ReadonlyArray<string> =>
  (typeof map === "string" ? rfmMaps[map] : map).map(({ name }) => name)

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
    const isMapped = Option.isSome(flags.map) || Option.isSome(flags.segments)
    const map = isMapped ? flags.map : Option.some(yield* presentMap(audiences))
    const payload = yield* rfmInput(name, { ...flags, map })
    const gone = goneAudiences(audiences, segmentNames(payload.segmentMap))
    if (gone.length > 0) yield* confirm(`Archive ${gone.join(", ")}, for good?`)
    const changed = yield* rfm.replace({ params, payload })
    yield* printRfm(flags.watch ? yield* watchRfm(changed) : changed)
  })
).pipe(
  Command.withDescription(
    "Replace the segments and score anew: those of the same name are changed, others created and archived. What is not given stays"
  ),
  Command.withExamples([
    {
      command: "audiences groups rfm update 01984a3e-7c10-7a80-9d10-3c5f6d0c2f66 --watch",
      description: "Score anew, and wait for it"
    },
    {
      command: "audiences groups rfm update 01984a3e-7c10-7a80-9d10-3c5f6d0c2f66 --map rfm10",
      description: "Other segments: says which audiences go, and asks"
    }
  ])
)

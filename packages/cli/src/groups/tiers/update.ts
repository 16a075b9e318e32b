import { Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { LoyaltyTiersInput } from "@audiences/domain/LoyaltyTier"
import { decodeBody } from "../../audiences/payload.ts"
import { confirm } from "../../confirmation/Confirmation.ts"
import { groupArgument } from "../../Ids.ts"
import { goneAudiences } from "../goneAudiences.ts"
import { printWritten, readTiers } from "./show.ts"
import { tierFlags } from "./TierFlags.ts"
import { printTierPreview } from "./TierPreview.ts"
import { tiersOf } from "./TypedTiers.ts"

export const update = Command.make(
  "update",
  {
    group: groupArgument,
    groupName: Flag.String("group-name").pipe(Flag.optional, Flag.withDescription("New name of the programme")),
    ...tierFlags
  },
  Effect.fn("tiers.update")(function* ({ dryRun, field, group, groupName, names, watch, ...typed }) {
    const present = yield* readTiers(group)
    const [{ audience, tier }] = present as [(typeof present)[number]]
    const attribute = Option.getOrElse(field, () => tier.tierAttribute)
    const presentNames = present.map(({ audience }) => audience.name)
    const tiers = yield* tiersOf(
      attribute,
      typed,
      Option.getOrElse(names, () => presentNames)
    )
    const icons = new Map(present.map(({ audience: { iconName, name } }) => [name, iconName ?? null]))
    const payload = yield* decodeBody(LoyaltyTiersInput, {
      attribute,
      groupName: Option.getOrElse(groupName, () => audience.groupName ?? ""),
      tiers: tiers.map((each) => ({ ...each, iconName: icons.get(each.name) ?? null }))
    })
    const stored = present.map(({ audience }) => audience)
    if (dryRun) return yield* printTierPreview(payload, stored)
    const gone = goneAudiences(
      stored,
      payload.tiers.map(({ name }) => name)
    )
    if (gone.length > 0) yield* confirm(`Archive ${gone.join(", ")}, for good?`)
    const { loyaltyTiers } = yield* AudiencesClient
    const { audiences } = yield* loyaltyTiers.replace({ params: { groupId: group }, payload })
    yield* printWritten(audiences, watch)
  })
).pipe(
  Command.withDescription(
    "Replace the tiers of a programme: those of the same name are changed, others created and archived. What is not given stays"
  ),
  Command.withExamples([
    {
      command: "audiences groups tiers update 01984a3e-7c10-7a80-9d10-3c5f6d0c2f66 --at 100,500 --dry-run",
      description: "Other boundaries, only to see what would change"
    }
  ])
)

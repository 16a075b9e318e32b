import { Effect, Option } from "effect"
import { Argument, Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { LoyaltyTiersInput } from "@audiences/domain/LoyaltyTier"
import { decodeBody } from "../../audiences/payload.ts"
import { note } from "../../output/Output.ts"
import { UsageError } from "../../UsageError.ts"
import { printWritten } from "./show.ts"
import { tierFlags } from "./TierFlags.ts"
import { printTierPreview } from "./TierPreview.ts"
import { tiersOf } from "./TypedTiers.ts"

export const create = Command.make(
  "create",
  { name: Argument.String("name").pipe(Argument.withDescription("Name of the programme")), ...tierFlags },
  Effect.fn("tiers.create")(function* ({ dryRun, field, name, names, watch, ...typed }) {
    if (Option.isNone(field)) return yield* new UsageError({ message: "Say what tiers are ranges of: --field." })
    if (Option.isNone(names)) return yield* new UsageError({ message: "Say what the tiers are called: --names." })
    const tiers = yield* tiersOf(field.value, typed, names.value)
    const payload = yield* decodeBody(LoyaltyTiersInput, { attribute: field.value, groupName: name, tiers })
    if (dryRun) return yield* printTierPreview(payload, [])
    const { loyaltyTiers } = yield* AudiencesClient
    const { audiences, tierGroup } = yield* loyaltyTiers.create({ payload })
    yield* printWritten(audiences, watch)
    yield* note(`Group ${tierGroup}.`)
  })
).pipe(
  Command.withDescription("Create the tiers of a programme: ranges of a value, an audience each"),
  Command.withExamples([
    {
      command: "audiences groups tiers create Stars --field ltv --at 0,500,2000 --names Bronze,Silver,Gold",
      description: "Boundaries as typed"
    },
    {
      command:
        "audiences groups tiers create Stars --field ltv --quantiles 4 --from 0.01 --names Bronze,Silver,Gold,Platinum --dry-run",
      description: "Look first: four tiers of one size of all who ever bought"
    }
  ])
)

import { Effect, Schema, Stream } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { AudienceFull } from "@audiences/domain/Audience"
import type { AudienceGroupId } from "@audiences/domain/AudienceGroup"
import { TierAttribute } from "@audiences/domain/LoyaltyTier"
import { groupArgument } from "../../Ids.ts"
import { printList } from "../../output/Output.ts"
import { UsageError } from "../../UsageError.ts"
import { settled } from "../SettledAudiences.ts"
import { sizeColumns, withSizes } from "../SegmentSizes.ts"
import { rangeColumns } from "./rangeColumns.ts"

const Bound = Schema.Union([Schema.String, Schema.Finite])

/** What the audience of a tier says of it. */
const TierMetadata = Schema.Struct({
  tierAttribute: TierAttribute,
  tierOrder: Schema.Finite,
  tierBoundaries: Schema.Struct({ min: Bound, max: Schema.NullOr(Bound) })
})
const decodeTier = Schema.decodeUnknownOption(TierMetadata)

/** The tiers of a group in their order, each with its audience; other audiences of the group are left out. */
export const tiersOfGroup = (audiences: ReadonlyArray<AudienceFull>) =>
  audiences
    .filter(({ groupType }) => groupType === "SEGMENTED_VALUE")
    .flatMap((audience) => {
      const tier = decodeTier(audience.metadata)
      return tier._tag === "Some" ? [{ audience, tier: tier.value }] : []
    })
    .toSorted((a, b) => a.tier.tierOrder - b.tier.tierOrder)

/** The tiers of a programme; fails where the group has none. */
export const readTiers = Effect.fnUntraced(function* (groupId: AudienceGroupId) {
  const { groups } = yield* AudiencesClient
  const found = tiersOfGroup(yield* groups.get({ params: { groupId } }))
  return found.length > 0
    ? found
    : yield* new UsageError({ message: "This group has no tiers. `audiences groups show` shows what it has." })
})

const rowsOf = (audiences: ReadonlyArray<AudienceFull>) =>
  tiersOfGroup(audiences).map(({ audience, tier: { tierAttribute, tierBoundaries } }) => ({
    id: audience.id,
    groupId: audience.groupId,
    name: audience.name,
    attribute: tierAttribute,
    startValue: tierBoundaries.min,
    endValue: tierBoundaries.max
  }))

/** Shows tiers and how many are in each. */
export const printTiers = Effect.fnUntraced(function* (audiences: ReadonlyArray<AudienceFull>) {
  const sized = yield* withSizes(rowsOf(audiences))
  yield* printList(Stream.fromIterable(sized), [...rangeColumns, ...sizeColumns(sized)], "No tiers.")
})

/** Shows tiers that were written: with how many are in each once they are evaluated, if somebody waits for that. */
export const printWritten = Effect.fnUntraced(function* (audiences: ReadonlyArray<AudienceFull>, watch: boolean) {
  if (!watch) return yield* printList(Stream.fromIterable(rowsOf(audiences)), rangeColumns, "No tiers.")
  yield* settled(audiences)
  yield* printTiers(audiences)
})

export const show = Command.make(
  "show",
  { group: groupArgument },
  Effect.fn("tiers.show")(function* ({ group }) {
    yield* printTiers((yield* readTiers(group)).map(({ audience }) => audience))
  })
).pipe(
  Command.withDescription("Show the tiers of a programme, and how many are in each"),
  Command.withExamples([
    { command: "audiences groups tiers show 01984a3e-7c10-7a80-9d10-3c5f6d0c2f66", description: "Ranges and sizes" }
  ])
)

import { Effect, Option } from "effect"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { TierAttribute, TierInput } from "@audiences/domain/LoyaltyTier"
import { maxSuggestedTiers, type TierCut } from "@audiences/domain/TierSuggestion"
import { optionalKey } from "../../Paging.ts"
import { UsageError } from "../../UsageError.ts"

/** What the flags of tiers say. */
export interface TypedTiers {
  readonly at: Option.Option<ReadonlyArray<string>>
  readonly until: Option.Option<string>
  readonly quantiles: Option.Option<number>
  readonly equalWidth: Option.Option<number>
  readonly naturalBreaks: Option.Option<number>
  readonly from: Option.Option<string>
}

type Bounds = Pick<TierInput, "startValue" | "endValue">

const cuts = ["quantiles", "equalWidth", "naturalBreaks"] as const satisfies ReadonlyArray<TierCut>

const typedBounds = (starts: ReadonlyArray<string>, until: string | null) =>
  Effect.gen(function* () {
    const ends = [...starts.slice(1), until]
    for (const [i, start] of starts.entries())
      if (ends[i] !== null && !(Number(start) < Number(ends[i])))
        return yield* new UsageError({
          message: `A tier cannot be from ${start} to ${ends[i]}: give values from low to high, such as --at 0,100,500.`
        })
    return starts.map((startValue, i): Bounds => ({ startValue, endValue: ends[i]! }))
  })

const suggestedBounds = Effect.fnUntraced(function* (
  attribute: TierAttribute,
  suggest: TierCut,
  tiers: number,
  from: Option.Option<string>
) {
  const { consumers } = yield* AudiencesClient
  const { suggestion } = yield* consumers.distribution({
    query: { field: attribute, suggest, tiers, ...optionalKey("from", from) }
  })
  return (suggestion?.tiers ?? []).map(({ endValue, startValue }): Bounds => ({ startValue, endValue }))
})

/** The ranges that flags mean, typed or suggested by what consumers have; none where no flag says any. */
const boundsOf = Effect.fnUntraced(function* (attribute: TierAttribute, typed: TypedTiers) {
  const asked = cuts.flatMap((cut) =>
    Option.match(typed[cut], { onNone: () => [], onSome: (n) => [[cut, n] as const] })
  )
  if (asked.length + (Option.isSome(typed.at) ? 1 : 0) !== 1)
    return yield* new UsageError({
      message: "Say where the tiers begin: --at, or one of --quantiles, --equal-width and --natural-breaks."
    })
  if (Option.isSome(typed.at)) {
    if (Option.isSome(typed.from))
      return yield* new UsageError({ message: "--at says where the lowest tier begins: leave --from out." })
    return yield* typedBounds(typed.at.value, Option.getOrNull(typed.until))
  }
  if (Option.isSome(typed.until))
    return yield* new UsageError({ message: "--until goes with --at: the last of suggested tiers has no end." })
  return yield* suggestedBounds(attribute, ...asked[0]!, typed.from)
})

/** The tiers that flags mean, with their names. */
export const tiersOf = Effect.fnUntraced(function* (
  attribute: TierAttribute,
  typed: TypedTiers,
  names: ReadonlyArray<string>
) {
  const bounds = yield* boundsOf(attribute, typed)
  if (bounds.length === 0)
    return yield* new UsageError({
      message: `Nobody has a ${attribute} that tiers could be cut from: say where they begin with --at.`
    })
  if (bounds.length !== names.length)
    return yield* new UsageError({
      message: `There are ${bounds.length} tiers (from ${bounds.map(({ startValue }) => startValue).join(", ")}) and ${names.length} names: give a name for each with --names.${
        Option.isNone(typed.at)
          ? ` Equal values stay in one tier; --from leaves out many zeros, and ${maxSuggestedTiers} tiers are the most.`
          : ""
      }`
    })
  return bounds.map((each, i): TierInput => ({ ...each, name: names[i]!, order: i + 1 }))
})

import { Schema } from "effect"
import { Quantity } from "./Quantity.ts"
import { Text } from "./Scalar.ts"

/**
 * How values are cut into tiers. `quantiles`: at the type-7 quantiles, so that tiers are of one size; `equalWidth`: from the smallest to
 * the greatest value in steps of one width; `naturalBreaks`: where the values of a tier are closest to their mean (Jenks).
 */
export const TierCut = Schema.Literals(["quantiles", "equalWidth", "naturalBreaks"]).annotate({ identifier: "TierCut" })
export type TierCut = typeof TierCut.Type

export const defaultTierCount = 4
export const maxSuggestedTiers = 20

/**
 * `suggest`: also suggest tiers, cut in that way. `tiers`: how many, 2 to 20; 4 unless given. `from`: where the lowest begins, such as
 * `0.01`; whoever has less is in none. Unless given it begins at 0, or at the smallest value where that is less.
 */
export const tierSuggestionQuery = {
  suggest: Schema.optionalKey(TierCut),
  tiers: Schema.optionalKey(
    Schema.FiniteFromString.check(
      Schema.isInt(),
      Schema.isBetween(
        { minimum: 2, maximum: maxSuggestedTiers },
        { expected: `a whole number from 2 to ${maxSuggestedTiers}` }
      )
    )
  ),
  from: Schema.optionalKey(Text)
}
export type TierSuggestionQuery = Schema.Struct.Type<typeof tierSuggestionQuery>

export const SuggestedTier = Schema.Struct({
  /** From here, this included. But for the lowest it is a value that a consumer has, or of `equalWidth` a step. */
  startValue: Quantity,
  /** Up to here, which the next tier includes. Null: no end. */
  endValue: Schema.NullOr(Quantity),
  /** How many consumers. */
  value: Schema.Finite,
  /** Of all consumers, 0 to 100. */
  percentage: Schema.Finite
}).annotate({ identifier: "SuggestedTier" })
export type SuggestedTier = typeof SuggestedTier.Type

/** Ranges of a field that loyalty tiers can be made of. Nothing is saved. */
export const TierSuggestion = Schema.Struct({
  method: TierCut,
  /** From low to high. Fewer than asked for where equal values would be torn apart; none of nobody. */
  tiers: Schema.Array(SuggestedTier)
}).annotate({ identifier: "TierSuggestion" })
export type TierSuggestion = typeof TierSuggestion.Type

import { Flag } from "effect/cli"
import { TierAttribute } from "@audiences/domain/LoyaltyTier"
import { watchFlag } from "../watchFlag.ts"
import { maxSuggestedTiers } from "@audiences/domain/TierSuggestion"

const commaList = (name: string, metavar: string, what: string) =>
  Flag.String(name).pipe(
    Flag.map((text) => text.split(",").map((each) => each.trim())),
    Flag.optional,
    Flag.withMetavar(metavar),
    Flag.withDescription(what)
  )

const suggested = (name: string, what: string) =>
  Flag.Int(name).pipe(
    Flag.filter(
      (tiers) => tiers >= 2 && tiers <= maxSuggestedTiers,
      () => `Expected a whole number from 2 to ${maxSuggestedTiers}`
    ),
    Flag.optional,
    Flag.withMetavar("tiers"),
    Flag.withDescription(what)
  )

/** How the tiers of a programme are told: where they begin, and what they are called. */
export const tierFlags = {
  field: Flag.Literals("field", TierAttribute.literals).pipe(
    Flag.optional,
    Flag.withDescription("What the tiers are ranges of")
  ),
  at: commaList("at", "values", "Where the tiers begin, from low to high, such as 0,100,500"),
  until: Flag.String("until").pipe(
    Flag.optional,
    Flag.withMetavar("value"),
    Flag.withDescription("With --at: where the last tier ends; it has no end unless given")
  ),
  quantiles: suggested("quantiles", "Instead of --at: so many tiers of one size"),
  equalWidth: suggested("equal-width", "Instead of --at: so many tiers of one width"),
  naturalBreaks: suggested("natural-breaks", "Instead of --at: so many tiers, cut where values stand apart"),
  from: Flag.String("from").pipe(
    Flag.optional,
    Flag.withMetavar("value"),
    Flag.withDescription("Without --at: where the lowest tier begins; who has less is in none. 0.01 leaves out zeros")
  ),
  names: commaList("names", "names", "Names of the tiers, from low to high, such as Bronze,Silver,Gold"),
  dryRun: Flag.Boolean("dry-run").pipe(
    Flag.withoutNegation,
    Flag.withDefault(false),
    Flag.withDescription("Show the tiers and how many would be in each, and write nothing")
  ),
  watch: watchFlag
}

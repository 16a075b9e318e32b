import type { AudienceFull } from "@audiences/domain/Audience"
import { fold } from "@audiences/domain/Fold"
import type { TierInput } from "@audiences/domain/LoyaltyTier"

/** The names of the tiers that a replacement would archive: those that are not among it, as the server matches names. */
export const goneTiers = (
  present: ReadonlyArray<Pick<AudienceFull, "name">>,
  tiers: ReadonlyArray<TierInput>
): ReadonlyArray<string> => {
  const kept = new Set(tiers.map(({ name }) => fold(name.trim())))
  return present.flatMap(({ name }) => (kept.has(fold(name)) ? [] : [name]))
}

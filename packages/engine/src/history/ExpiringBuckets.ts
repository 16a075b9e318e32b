import type { LoyaltyExpiringBucket } from "@audiences/domain/LoyaltyTransaction"

/** Points gained on one day that expire on one day, or never (null). Days are `YYYY-MM-DD`. */
export interface PointsGained {
  readonly earnedOn: string
  readonly expiresOn: string | null
  readonly points: number
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * What is left of points that will expire. What was spent or lost is taken from the points that expire first, of these from those
 * gained first, and from points without expiry last. Buckets that are spent, or whose day has come, are left out.
 */
export const expiringBuckets = (
  gained: ReadonlyArray<PointsGained>,
  spent: number,
  today: string
): ReadonlyArray<LoyaltyExpiringBucket> => {
  let rest = spent
  const expiring = gained.flatMap(({ expiresOn, ...each }) => (expiresOn === null ? [] : [{ ...each, expiresOn }]))
  return expiring
    .toSorted((a, b) => order(a.expiresOn, b.expiresOn) || order(a.earnedOn, b.earnedOn))
    .flatMap(({ earnedOn, expiresOn, points }) => {
      const taken = Math.min(points, rest)
      rest -= taken
      const pointsRemaining = points - taken
      return pointsRemaining > 0 && expiresOn > today ? [{ earnedOn, expiresOn, pointsRemaining }] : []
    })
}

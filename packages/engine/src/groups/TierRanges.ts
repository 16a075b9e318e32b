import { consumerFields } from "@audiences/domain/ConsumerField"
import { fold } from "@audiences/domain/Fold"
import type { LoyaltyTiersInput, TierAttribute, TierInput } from "@audiences/domain/LoyaltyTier"
import type { RuleLine } from "@audiences/domain/Rule"
import type { Problem } from "@audiences/domain/ValidationError"
import { Result } from "effect"
import { tierValues, type TierValue } from "./TierValue.ts"

/** A tier whose range is known to be good: `[start, end)`, in the values that its rules compare with. */
export interface TierRange {
  readonly tier: TierInput
  readonly rules: ReadonlyArray<RuleLine>
}

export const maxTiers = 100

/** A tier with its place in the body. */
interface Placed {
  readonly tier: TierInput
  readonly index: number
}

/** The tiers in their order with the rules of their ranges, or everything that is wrong with them; paths lead from the body. */
export const tierRanges = ({
  attribute,
  tiers
}: LoyaltyTiersInput): Result.Result<ReadonlyArray<TierRange>, ReadonlyArray<Problem>> => {
  if (tiers.length === 0 || tiers.length > maxTiers) return Result.fail([countProblem(tiers.length)])
  const { compare, read } = tierValues(consumerFields[attribute])
  const problems = [...repeatedNames(tiers), ...repeatedOrders(tiers)]
  const read1 = (value: TierValue, { index }: Placed, key: "startValue" | "endValue") => {
    const result = read(value)
    if (Result.isFailure(result))
      problems.push({ path: ["tiers", index, key], message: result.failure, type: "tier_value" })
    return Result.getOrUndefined(result)
  }
  const sorted = tiers.map((tier, index) => ({ tier, index })).sort((a, b) => a.tier.order - b.tier.order)
  const ranges = sorted.map((placed) => {
    const { endValue, startValue } = placed.tier
    const start = read1(startValue, placed, "startValue")
    return { ...placed, start, end: endValue == null ? null : read1(endValue, placed, "endValue") }
  })
  ranges.forEach(({ end, index, start, tier }, i) => {
    const next = ranges[i + 1]
    if (start !== undefined && end != null && compare(start, end) >= 0) problems.push(emptyRange(tier, index))
    if (next === undefined || next.start === undefined || end === undefined) return
    if (end === null) problems.push(openRange(tier, next.tier, index))
    else if (compare(end, next.start) > 0) problems.push(overlap(tier, next.tier, next.index))
  })
  return problems.length > 0
    ? Result.fail(problems)
    : Result.succeed(ranges.map(({ end, start, tier }) => ({ tier, rules: rulesOf(attribute, start!, end ?? null) })))
}

const rulesOf = (field: TierAttribute, start: TierValue, end: TierValue | null): ReadonlyArray<RuleLine> => [
  { field, operator: "GREATER_THAN_OR_EQUAL", values: [start], position: 0 },
  ...(end === null ? [] : [{ field, operator: "LESS_THAN" as const, values: [end], position: 1 }])
]

const countProblem = (count: number): Problem => ({
  path: ["tiers"],
  type: "tier_count",
  expected: `1 to ${maxTiers} tiers`,
  message: `A programme has 1 to ${maxTiers} tiers but received ${count}${count === 0 ? ": to end a programme, archive its group" : ""}`
})

const repeated = (
  tiers: ReadonlyArray<TierInput>,
  keyOf: (tier: TierInput) => unknown,
  problemOf: (index: number, first: number) => Problem
): Array<Problem> => {
  const seen = new Map<unknown, number>()
  return tiers.flatMap((tier, index) => {
    const key = keyOf(tier)
    const first = seen.get(key)
    if (first !== undefined) return [problemOf(index, first)]
    seen.set(key, index)
    return []
  })
}

const repeatedNames = (tiers: ReadonlyArray<TierInput>) =>
  repeated(
    tiers,
    ({ name }) => fold(name),
    (index, first) => ({
      path: ["tiers", index, "name"],
      type: "tier_name",
      expected: "a name of its own",
      message: `Tier ${index} has the name of tier ${first}: tiers are told apart by their names`
    })
  )

const repeatedOrders = (tiers: ReadonlyArray<TierInput>) =>
  repeated(
    tiers,
    ({ order }) => order,
    (index, first) => ({
      path: ["tiers", index, "order"],
      type: "tier_order",
      expected: "an order of its own",
      message: `Tier ${index} has the order of tier ${first}: which of them comes first?`
    })
  )

const emptyRange = ({ endValue, startValue }: TierInput, index: number): Problem => ({
  path: ["tiers", index, "endValue"],
  type: "tier_range",
  expected: "more than startValue",
  message: `Nothing is from ${startValue} up to, and without, ${endValue}: endValue has to be more than startValue`
})

const openRange = (tier: TierInput, next: TierInput, index: number): Problem => ({
  path: ["tiers", index, "endValue"],
  type: "tier_range",
  expected: `an end of at most ${next.startValue}`,
  message: `Only the last tier may be open-ended, and ${shown(next)} comes after ${shown(tier)}`
})

const overlap = (tier: TierInput, next: TierInput, index: number): Problem => ({
  path: ["tiers", index, "startValue"],
  type: "tier_range",
  expected: `at least ${tier.endValue}`,
  message: `${shown(next)} comes after ${shown(tier)} by its order, and has to start where that ends (${tier.endValue}) or higher`
})

const shown = ({ name }: TierInput) => JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name)

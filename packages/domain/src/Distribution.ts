import { Schema } from "effect"
import { consumerFields, fieldAliases, type FieldOfKind, resolveField } from "./ConsumerField.ts"
import { Instant } from "./Instant.ts"
import { Quantity } from "./Quantity.ts"
import { TierSuggestion, tierSuggestionQuery } from "./TierSuggestion.ts"

/** What distributions are made of: numbers, and money as decimals. */
export type DistributionField = FieldOfKind<"number" | "money">

const isCountable = (name: string): boolean => {
  const field = resolveField(name)
  return field !== undefined && field._tag === "Attribute" && (field.kind === "number" || field.kind === "money")
}

const fieldNames = [...Object.keys(consumerFields), ...Object.keys(fieldAliases)].filter(isCountable).sort()

export const defaultDistributionField = "ltv"
export const defaultBucketCount = 10
export const maxBucketCount = 100

/** `field`: a number or money attribute of consumers, or an alias of one; `ltv` unless given. `buckets`: 1 to 100; 10 unless given. */
export const distributionQuery = {
  field: Schema.optionalKey(Schema.Literals(fieldNames)),
  buckets: Schema.optionalKey(
    Schema.FiniteFromString.check(
      Schema.isInt(),
      Schema.isBetween(
        { minimum: 1, maximum: maxBucketCount },
        { expected: `a whole number from 1 to ${maxBucketCount}` }
      )
    )
  ),
  ...tierSuggestionQuery
}
export type DistributionQuery = Schema.Struct.Type<typeof distributionQuery>

export const DistributionBucket = Schema.Struct({
  /** Such as `100 - 200`. */
  range: Schema.String,
  /** From here, this included. */
  minValue: Quantity,
  /** Up to here, which the next bucket includes; the last bucket includes it itself. */
  maxValue: Quantity,
  /** How many consumers. */
  value: Schema.Finite,
  /** Of all consumers, 0 to 100. */
  percentage: Schema.Finite,
  /** The middle of the bucket. */
  x: Schema.Finite
}).annotate({ identifier: "DistributionBucket" })
export type DistributionBucket = typeof DistributionBucket.Type

/** Exact; of nobody, all zero. `stdDev` is that of the population. */
export const DistributionStats = Schema.Struct({
  min: Quantity,
  max: Quantity,
  mean: Quantity,
  median: Quantity,
  stdDev: Quantity
}).annotate({ identifier: "DistributionStats" })
export type DistributionStats = typeof DistributionStats.Type

/** How the values of a field are spread over the live consumers of an organization. Money is in decimal strings, numbers are numbers. */
export const Distribution = Schema.Struct({
  field: Schema.String,
  totalCount: Schema.Finite,
  stats: DistributionStats,
  /** Of one width, from the smallest value to the greatest; none of nobody, one when all values are alike. */
  buckets: Schema.Array(DistributionBucket),
  /** Only with `suggest`. */
  suggestion: Schema.optionalKey(TierSuggestion),
  cachedAt: Schema.optionalKey(Instant)
}).annotate({ identifier: "Distribution" })
export type Distribution = typeof Distribution.Type

import { consumerFields, resolveField } from "@audiences/domain/ConsumerField"
import {
  defaultBucketCount,
  defaultDistributionField,
  type Distribution,
  type DistributionBucket,
  type DistributionField,
  type DistributionQuery
} from "@audiences/domain/Distribution"
import { canonicalMoney } from "@audiences/domain/Money"
import type { OrganizationId } from "@audiences/domain/Organization"
import { defaultTierCount, type TierSuggestion } from "@audiences/domain/TierSuggestion"
import { type Problem, refuse, type ValidationError } from "@audiences/domain/ValidationError"
import { Context, Effect, Layer, Result } from "effect"
import { tierValues } from "../groups/TierValue.ts"
import { moneyEdges, numberEdges } from "./BucketEdges.ts"
import { DistributionRepo, type FieldDistribution } from "./DistributionRepo.ts"
import { tierCutting } from "./TierCuts.ts"

/** How the values of a field are spread over the consumers of an organization. */
export class Distributions extends Context.Service<
  Distributions,
  {
    readonly of: (
      organizationId: OrganizationId,
      query: DistributionQuery
    ) => Effect.Effect<Distribution, ValidationError>
  }
>()("@audiences/engine/Distributions") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* DistributionRepo

      const of = Effect.fn("Distributions.of")(function* (organizationId: OrganizationId, query: DistributionQuery) {
        const { buckets = defaultBucketCount, field = defaultDistributionField, suggest } = query
        const name = nameOf(field)
        const kind = consumerFields[name]
        const from = yield* fromOf(kind, query)
        const edges = kind === "money" ? moneyEdges : numberEdges
        const cutting =
          suggest === undefined ? undefined : tierCutting(kind, suggest, query.tiers ?? defaultTierCount, from)
        const found = yield* repo.distribution(organizationId, name, (min, max) => edges(min, max, buckets), cutting)
        return {
          ...distributionOf(field, kind, found),
          ...(suggest === undefined ? {} : { suggestion: suggestionOf(kind, suggest, found) })
        }
      })

      return Distributions.of({ of })
    })
  )
}

/** The schema of the query lets no other field through. */
const nameOf = (field: string): DistributionField => (resolveField(field) as { readonly name: DistributionField }).name

/** Where the lowest tier is to begin, as the field's values are written. */
const fromOf = (kind: "number" | "money", query: DistributionQuery): Effect.Effect<string | null, ValidationError> => {
  const problems: Array<Problem> = []
  if (query.suggest === undefined)
    for (const key of ["tiers", "from"] as const)
      if (query[key] !== undefined)
        problems.push({ path: [key], type: "tier_suggestion", message: `${key} is of tiers: send suggest, too` })
  const read = query.from === undefined ? Result.succeed(null) : tierValues(kind).read(query.from)
  if (Result.isFailure(read)) problems.push({ path: ["from"], type: "tier_value", message: read.failure })
  return Result.isFailure(read) || problems.length > 0
    ? Effect.fail(refuse(query, problems))
    : Effect.succeed(read.success === null ? null : String(read.success))
}

const none = { min: "0", max: "0", mean: "0", median: "0", stdDev: "0" }

/** A value of a field of a kind, as it is told. */
const quantities = (kind: "number" | "money") => (text: string) =>
  kind === "money" ? canonicalMoney(text) : Number(text)

const suggestionOf = (
  kind: "number" | "money",
  method: TierSuggestion["method"],
  { count, tiers = { starts: [], counts: [] } }: FieldDistribution
): TierSuggestion => {
  const starts = tiers.starts.map(quantities(kind))
  return {
    method,
    tiers: tiers.counts.map((value, i) => ({
      startValue: starts[i]!,
      endValue: starts[i + 1] ?? null,
      value,
      percentage: (value / count) * 100
    }))
  }
}

const distributionOf = (
  field: string,
  kind: "number" | "money",
  { count, counts, edges, spread = none }: FieldDistribution
): Distribution => {
  const quantity = quantities(kind)
  const bucket = (value: number, i: number): DistributionBucket => {
    const [minValue, maxValue] = [quantity(edges[i]!), quantity(edges[i + 1]!)]
    return {
      range: `${minValue} - ${maxValue}`,
      minValue,
      maxValue,
      value,
      percentage: (value / count) * 100,
      x: Number(minValue) / 2 + Number(maxValue) / 2
    }
  }
  return {
    field,
    totalCount: count,
    stats: {
      min: quantity(spread.min),
      max: quantity(spread.max),
      mean: quantity(spread.mean),
      median: quantity(spread.median),
      stdDev: quantity(spread.stdDev)
    },
    buckets: counts.map(bucket)
  }
}

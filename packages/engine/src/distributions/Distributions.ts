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
import { Context, Effect, Layer } from "effect"
import { moneyEdges, numberEdges } from "./BucketEdges.ts"
import { DistributionRepo, type FieldDistribution } from "./DistributionRepo.ts"

/** How the values of a field are spread over the consumers of an organization. */
export class Distributions extends Context.Service<
  Distributions,
  { readonly of: (organizationId: OrganizationId, query: DistributionQuery) => Effect.Effect<Distribution> }
>()("@audiences/engine/Distributions") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* DistributionRepo

      const of = Effect.fn("Distributions.of")(function* (
        organizationId: OrganizationId,
        { buckets = defaultBucketCount, field = defaultDistributionField }: DistributionQuery
      ) {
        const name = nameOf(field)
        const edges = consumerFields[name] === "money" ? moneyEdges : numberEdges
        const found = yield* repo.distribution(organizationId, name, (min, max) => edges(min, max, buckets))
        return distributionOf(field, consumerFields[name], found)
      })

      return Distributions.of({ of })
    })
  )
}

/** The schema of the query lets no other field through. */
const nameOf = (field: string): DistributionField => (resolveField(field) as { readonly name: DistributionField }).name

const none = { min: "0", max: "0", mean: "0", median: "0", stdDev: "0" }

const distributionOf = (
  field: string,
  kind: "number" | "money",
  { count, counts, edges, spread = none }: FieldDistribution
): Distribution => {
  const quantity = (text: string) => (kind === "money" ? canonicalMoney(text) : Number(text))
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

import type { DistributionField } from "@audiences/domain/Distribution"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, type Effect } from "effect"

/** Decimals of any length, as text. */
export interface Spread {
  readonly min: string
  readonly max: string
  readonly mean: string
  readonly median: string
  readonly stdDev: string
}

export interface FieldDistribution {
  readonly count: number
  /** Absent of nobody. */
  readonly spread?: Spread
  /** Where buckets begin and end, rising: one more than there are buckets. */
  readonly edges: ReadonlyArray<string>
  /** How many are in each bucket. */
  readonly counts: ReadonlyArray<number>
}

/** Chooses the edges of the buckets between two values. */
export type EdgesOf = (min: string, max: string) => ReadonlyArray<string>

export class DistributionRepo extends Context.Service<
  DistributionRepo,
  {
    /** Of the live consumers, all at one moment. */
    readonly distribution: (
      organizationId: OrganizationId,
      field: DistributionField,
      edgesOf: EdgesOf
    ) => Effect.Effect<FieldDistribution>
  }
>()("@audiences/engine/DistributionRepo") {}

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
  /** Where they were asked for. */
  readonly tiers?: CutTiers
}

/** The values that tiers are made of: how many, from where to where, and those at the places that were asked for. */
export interface CutValues {
  readonly count: number
  readonly min: string
  readonly max: string
  readonly placed: ReadonlyArray<string>
}

/** Values next to each other. */
export interface ValueBin {
  readonly min: string
  /** 0 at the smallest of all values, 1 at the greatest. */
  readonly mean: number
  readonly count: number
}

/** How tiers are found. Values are decimals as text. */
export interface TierCutting {
  /** Only values from here on. Null: all. */
  readonly from: string | null
  /** The places of the values that are needed, counted from 0 in their order. */
  readonly places: (count: number) => ReadonlyArray<number>
  /** Where the bins after the first begin that are needed; none when no bins are. */
  readonly binEdges: (values: CutValues) => ReadonlyArray<string>
  /** Where the tiers after the lowest begin, rising. */
  readonly cuts: (values: CutValues, bins: ReadonlyArray<ValueBin>) => ReadonlyArray<string>
  /** Where the lowest tier begins, by the smallest value. */
  readonly lowest: (min: string) => string
}

/** Where tiers begin, rising, and how many consumers are in each. */
export interface CutTiers {
  readonly starts: ReadonlyArray<string>
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
      edgesOf: EdgesOf,
      cutting?: TierCutting
    ) => Effect.Effect<FieldDistribution>
  }
>()("@audiences/engine/DistributionRepo") {}

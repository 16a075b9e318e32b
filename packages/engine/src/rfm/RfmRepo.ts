import type { Actor } from "@audiences/domain/Actor"
import type { AudienceGroupId } from "@audiences/domain/AudienceGroup"
import type { ConsumerId, ConsumerNotFound } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { RfmExplanation, RfmMethod, RfmRun } from "@audiences/domain/Rfm"
import { Context, type DateTime, type Effect, type Option } from "effect"
import type { Bounds, Dimension, PlacedValue } from "./RfmCutting.ts"

/** How the consumers of an organization are scored. */
export interface RfmScoring {
  readonly method: RfmMethod
  /** Null: only on demand. */
  readonly intervalSeconds: number | null
}

/** What a caller says of it: what is absent stays as it is kept, and is the default where nothing is. */
export type RfmScoringChange = Partial<RfmScoring>

/** A segment of an organization, and how many bins give ranks that it has. */
export interface SegmentNeed {
  readonly groupName: string | null
  readonly name: string
  readonly bins: number
}

export interface RfmState extends RfmScoring {
  readonly inProgress: boolean
  readonly latestRun: RfmRun | null
}

/** How a run finds its bounds: the places it needs of so many values, and the bounds by what is there. */
export interface Cutting {
  readonly places: (method: RfmMethod, n: number) => ReadonlyArray<number>
  readonly bounds: (
    method: RfmMethod,
    n: number,
    valueAt: (dimension: Dimension, place: number) => PlacedValue
  ) => Bounds
}

/** Where scorings are kept, and consumers scored. Every method is scoped to one organization, but for `takeDue`. */
export class RfmRepo extends Context.Service<
  RfmRepo,
  {
    readonly state: (organizationId: OrganizationId) => Effect.Effect<Option.Option<RfmState>>
    /** The live segments of all groups but one that need more bins, those of a group together; of maps that have a name 5. */
    readonly segmentsBeyond: (
      organizationId: OrganizationId,
      bins: number,
      except: AudienceGroupId
    ) => Effect.Effect<ReadonlyArray<SegmentNeed>>
    /** The ranks of a consumer, and its values counted as the latest run counts them. */
    readonly explain: (
      organizationId: OrganizationId,
      consumerId: ConsumerId
    ) => Effect.Effect<RfmExplanation, ConsumerNotFound>
    /** Asks for a run by the method that is kept. */
    readonly request: (actor: Actor, now: DateTime.Utc) => Effect.Effect<void>
    /** Begins the run that is asked for, or takes up the one that was begun; none when nothing is asked for. */
    readonly begin: (
      organizationId: OrganizationId,
      now: DateTime.Utc,
      runId: string,
      cutting: Cutting
    ) => Effect.Effect<Option.Option<string>>
    /** Scores the next block of consumers of the run, and writes those whose ranks changed. Returns whether it is the last. */
    readonly advance: (organizationId: OrganizationId, now: DateTime.Utc, runId: string) => Effect.Effect<boolean>
    /** Remembers that the run that is asked for has failed: it is put off, ever longer. Asking for it or another method tries at once. */
    readonly failed: (organizationId: OrganizationId, now: DateTime.Utc) => Effect.Effect<void>
    /** Asks for the runs whose time has come, and returns every organization that waits for one that is not put off. */
    readonly takeDue: (now: DateTime.Utc) => Effect.Effect<ReadonlyArray<OrganizationId>>
  }
>()("@audiences/engine/RfmRepo") {}

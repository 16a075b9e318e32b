import type { Actor } from "@audiences/domain/Actor"
import type { AudienceFull, AudienceGroupType } from "@audiences/domain/Audience"
import type { AudienceGroupId } from "@audiences/domain/AudienceGroup"
import type { AuditAction } from "@audiences/domain/AuditEntry"
import { fold } from "@audiences/domain/Fold"
import type { RuleLine } from "@audiences/domain/Rule"
import type { OpenMap } from "@audiences/domain/Scalar"
import { Context, Effect, Layer } from "effect"
import { makeAudience } from "../audiences/NewAudience.ts"
import { DatabaseClock } from "../DatabaseClock.ts"
import { JobQueue } from "../jobs/JobQueue.ts"
import { enqueueRefresh } from "../refreshes/EnqueueRefresh.ts"
import type { RfmScoringChange } from "../rfm/RfmRepo.ts"
import { SettingsRepo } from "../settings/SettingsRepo.ts"
import { AudienceGroupRepo } from "./AudienceGroupRepo.ts"
import { SegmentationRepo } from "./SegmentationRepo.ts"

/** One of the audiences that a segmentation makes. */
export interface SegmentInput {
  readonly name: string
  readonly iconName: string | null
  readonly metadata: OpenMap
  readonly rules: ReadonlyArray<RuleLine>
}

export interface SegmentationInput {
  readonly groupId: AudienceGroupId
  readonly groupName: string
  readonly groupType: AudienceGroupType
  readonly action: AuditAction
  /** In their order. Names are different, folded. */
  readonly segments: ReadonlyArray<SegmentInput>
  /** Of RFM segments: how consumers are scored from now on; a run is asked for. */
  readonly scoring?: RfmScoringChange
}

const make = Effect.gen(function* () {
  const repo = yield* SegmentationRepo
  const groups = yield* AudienceGroupRepo
  const clock = yield* DatabaseClock
  const queue = yield* JobQueue
  const settings = yield* SettingsRepo

  const drafted = Effect.fnUntraced(function* (actor: Actor, input: SegmentationInput) {
    const { action, groupId, groupName, groupType, scoring, segments } = input
    const now = yield* clock.now
    const { defaultRefreshIntervalSeconds } = yield* settings.get(actor.organizationId)
    const audiences = yield* Effect.forEach(segments, (segment) =>
      makeAudience(actor, now, {
        ...segment,
        type: "DYNAMIC",
        groupId,
        groupName,
        groupType,
        refreshIntervalSeconds: defaultRefreshIntervalSeconds
      })
    )
    return {
      now,
      segmentation: { action, groupId, groupType, segments: audiences, ...(scoring === undefined ? {} : { scoring }) }
    }
  })

  /** The live audiences of the segmentation, in its order. */
  const read = Effect.fnUntraced(function* (actor: Actor, { groupId, groupType, segments }: SegmentationInput) {
    const audiences = yield* Effect.orDie(groups.get(actor.organizationId, groupId))
    const places = new Map(segments.map(({ name }, i) => [fold(name), i]))
    const placeOf = ({ name }: AudienceFull) => places.get(fold(name)) ?? segments.length
    return audiences
      .filter((audience) => audience.groupType === groupType && audience.type === "DYNAMIC" && !audience.archived)
      .toSorted((a, b) => placeOf(a) - placeOf(b))
  })

  const create = Effect.fn("Segmentations.create")(function* (actor: Actor, input: SegmentationInput) {
    const { now, segmentation } = yield* drafted(actor, input)
    yield* repo.insert(actor, now, segmentation)
    // Of segments, one stands for all.
    const [first] = segmentation.segments
    if (first !== undefined) yield* enqueueRefresh(queue, actor.organizationId, first.audience.id)
    return yield* read(actor, input)
  })

  const replace = Effect.fn("Segmentations.replace")(function* (actor: Actor, input: SegmentationInput) {
    const { now, segmentation } = yield* drafted(actor, input)
    const [first] = yield* repo.replace(actor, now, segmentation)
    if (first !== undefined) yield* enqueueRefresh(queue, actor.organizationId, first)
    return yield* read(actor, input)
  })

  return { create, replace }
})

/** Writes groups of DYNAMIC audiences that stand beside each other: a programme's tiers, a scoring's segments. */
export class Segmentations extends Context.Service<Segmentations, Effect.Success<typeof make>>()(
  "@audiences/engine/Segmentations"
) {
  static readonly layer = Layer.effect(this, make)
}

import type { Actor } from "@audiences/domain/Actor"
import {
  type AudienceGroupArchived,
  AudienceGroupId,
  type AudienceGroupNotFound
} from "@audiences/domain/AudienceGroup"
import type { LoyaltyTiersInput, LoyaltyTiersResult } from "@audiences/domain/LoyaltyTier"
import { Uuid } from "@audiences/domain/Uuid"
import { refuse, type ValidationError } from "@audiences/domain/ValidationError"
import { Context, Effect, Layer, Result } from "effect"
import { AudienceGroupRepo } from "./AudienceGroupRepo.ts"
import { type SegmentationInput, Segmentations } from "./Segmentations.ts"
import { type TierRange, tierRanges } from "./TierRanges.ts"

/** The tiers of a loyalty programme: ranges of one attribute, each a DYNAMIC audience, in one group. */
export class LoyaltyTiers extends Context.Service<
  LoyaltyTiers,
  {
    readonly create: (actor: Actor, input: LoyaltyTiersInput) => Effect.Effect<LoyaltyTiersResult, ValidationError>
    /** Matches tiers by their folded names: creates, changes and archives, all or nothing. */
    readonly replace: (
      actor: Actor,
      groupId: AudienceGroupId,
      input: LoyaltyTiersInput
    ) => Effect.Effect<LoyaltyTiersResult, ValidationError | AudienceGroupNotFound | AudienceGroupArchived>
  }
>()("@audiences/engine/LoyaltyTiers") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const segmentations = yield* Segmentations
      const groups = yield* AudienceGroupRepo

      const ranges = (input: LoyaltyTiersInput) =>
        Result.match(tierRanges(input), {
          onFailure: (problems) => Effect.fail(refuse(input, problems)),
          onSuccess: Effect.succeed
        })

      const create = Effect.fn("LoyaltyTiers.create")(function* (actor: Actor, input: LoyaltyTiersInput) {
        const tierGroup = AudienceGroupId.make(yield* yield* Uuid)
        const segmentation = segmentationOf(tierGroup, input, yield* ranges(input), "loyaltyTiers.create")
        return { tierGroup, audiences: yield* segmentations.create(actor, segmentation) }
      })

      const replace = Effect.fn("LoyaltyTiers.replace")(function* (
        actor: Actor,
        groupId: AudienceGroupId,
        input: LoyaltyTiersInput
      ) {
        yield* groups.get(actor.organizationId, groupId)
        const segmentation = segmentationOf(groupId, input, yield* ranges(input), "loyaltyTiers.replace")
        const audiences = yield* segmentations.replace(actor, segmentation).pipe(
          Effect.catchTag("GroupTypeMismatch", () =>
            refuse(input, [
              {
                path: [],
                type: "group_type",
                expected: "a group of SEGMENTED_VALUE audiences",
                message: "Audience group has no tiers: create a programme with POST /audiences/loyalty-tiers"
              }
            ])
          )
        )
        return { tierGroup: groupId, audiences }
      })

      return LoyaltyTiers.of({ create, replace })
    })
  )
}

const segmentationOf = (
  groupId: AudienceGroupId,
  { attribute, groupName }: LoyaltyTiersInput,
  ranges: ReadonlyArray<TierRange>,
  action: SegmentationInput["action"]
): SegmentationInput => ({
  groupId,
  groupName,
  groupType: "SEGMENTED_VALUE",
  action,
  segments: ranges.map(({ rules, tier: { endValue, iconName, name, order, startValue } }) => ({
    name,
    iconName: iconName ?? null,
    metadata: {
      tierGroup: groupId,
      tierAttribute: attribute,
      tierOrder: order,
      tierBoundaries: { min: startValue, max: endValue ?? null }
    },
    rules
  }))
})

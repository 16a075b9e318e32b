import type { Actor } from "@audiences/domain/Actor"
import type { AudienceGroupType } from "@audiences/domain/Audience"
import type { AudienceGroupArchived, AudienceGroupId, AudienceGroupNotFound } from "@audiences/domain/AudienceGroup"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { AuditAction } from "@audiences/domain/AuditEntry"
import { Context, Data, type DateTime, type Effect } from "effect"
import type { NewAudience } from "../audiences/NewAudience.ts"
import type { RfmScoringChange } from "../rfm/RfmRepo.ts"

/** DYNAMIC audiences that belong together and are written together: the tiers of a programme, the segments of a scoring. */
export interface Segmentation {
  readonly groupId: AudienceGroupId
  readonly groupType: AudienceGroupType
  /** In their order. Names are different, folded. */
  readonly segments: ReadonlyArray<NewAudience>
  readonly action: AuditAction
  /** Of RFM segments: how consumers are scored from now on; a run is asked for. */
  readonly scoring?: RfmScoringChange
}

/** No live audience of the group is a segment of that type. */
export class GroupTypeMismatch extends Data.TaggedError("GroupTypeMismatch") {}

/** Where segmentations are kept. Every method is scoped to one organization, and writes all or nothing. */
export class SegmentationRepo extends Context.Service<
  SegmentationRepo,
  {
    readonly insert: (actor: Actor, now: DateTime.Utc, segmentation: Segmentation) => Effect.Effect<void>
    /**
     * Makes the live DYNAMIC audiences of the group and type what is given, matched by folded name: others of the group stay as they
     * are. Returns those that wait for a refresh by it: the new ones, and those whose rules changed.
     */
    readonly replace: (
      actor: Actor,
      now: DateTime.Utc,
      segmentation: Segmentation
    ) => Effect.Effect<ReadonlyArray<AudienceId>, AudienceGroupNotFound | AudienceGroupArchived | GroupTypeMismatch>
  }
>()("@audiences/engine/SegmentationRepo") {}

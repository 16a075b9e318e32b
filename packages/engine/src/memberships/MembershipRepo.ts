import type { Actor } from "@audiences/domain/Actor"
import type { Audience, AudienceArchived, AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { VersionNotRetained } from "@audiences/domain/AudienceVersion"
import type { ConsumerFull, ConsumerId, ConsumerNotFound } from "@audiences/domain/Consumer"
import type { AudienceStatus } from "@audiences/domain/Membership"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, Data, type DateTime, type Effect } from "effect"
import type { AudienceTypeMismatch } from "../audiences/AudienceRepo.ts"
import type { Condition } from "../rules/Condition.ts"
import type { Block } from "./Block.ts"
import type { MemberPlace, MemberRequest } from "./MemberPaging.ts"

/** Some of the consumers named, by their index, do not exist or are archived; nothing was changed. */
export class ConsumersUnknown extends Data.TaggedError("ConsumersUnknown")<{
  readonly indexes: ReadonlyArray<number>
}> {}

/** The audience has not come to this version. */
export class VersionUnknown extends Data.TaggedError("VersionUnknown")<{ readonly version: number }> {}

/** A page of members, in the order of their ids. `start` is null when nobody precedes, `end` when nobody follows. */
export interface MemberSlice {
  readonly data: ReadonlyArray<ConsumerFull>
  readonly start: MemberPlace | null
  readonly end: MemberPlace | null
}

/** Who met a condition when the change feed stood at `position`, by block. */
export interface Evaluation {
  readonly position: number
  readonly blocks: ReadonlyMap<number, Block>
}

export interface EvaluationToPublish {
  readonly evaluation: Evaluation
  /** What was evaluated, and at what time. */
  readonly condition: Condition
  readonly now: DateTime.Utc
  /** Of the rules that were evaluated. */
  readonly revision: number
  /** Refreshes asked for when the evaluation began. */
  readonly requested: number
}

export interface SegmentToPublish extends EvaluationToPublish {
  readonly audienceId: AudienceId
}

/** superseded: the rules are others by now, the audience is archived, or somebody else did it; nothing was published. */
export type PublicationOutcome = "published" | "unchanged" | "superseded"

type Refused = AudienceNotFound | AudienceArchived | AudienceTypeMismatch | ConsumersUnknown

/** Where it is kept who is in which audience. Every method is scoped to one organization. */
export class MembershipRepo extends Context.Service<
  MembershipRepo,
  {
    readonly count: (organizationId: OrganizationId, audienceId: AudienceId) => Effect.Effect<number, AudienceNotFound>
    readonly status: (
      organizationId: OrganizationId,
      audienceId: AudienceId,
      now: DateTime.Utc
    ) => Effect.Effect<AudienceStatus, AudienceNotFound>
    readonly list: (
      organizationId: OrganizationId,
      audienceId: AudienceId,
      request: MemberRequest
    ) => Effect.Effect<MemberSlice, AudienceNotFound | VersionUnknown | VersionNotRetained>
    /** Puts consumers into a STATIC_LIST; returns how many were not in it. */
    readonly add: (
      actor: Actor,
      now: DateTime.Utc,
      audienceId: AudienceId,
      consumerIds: ReadonlyArray<string>
    ) => Effect.Effect<number, Refused>
    /** Takes consumers out of a STATIC_LIST; returns how many were in it. */
    readonly remove: (
      actor: Actor,
      now: DateTime.Utc,
      audienceId: AudienceId,
      consumerIds: ReadonlyArray<string>
    ) => Effect.Effect<number, Refused>
    readonly ofConsumer: (
      organizationId: OrganizationId,
      consumerId: ConsumerId
    ) => Effect.Effect<ReadonlyArray<Audience>, ConsumerNotFound>
    /** Makes an evaluation, brought up to date, the membership of a DYNAMIC audience: a new version if it differs, or is the first. */
    readonly publish: (
      organizationId: OrganizationId,
      audienceId: AudienceId,
      evaluated: EvaluationToPublish
    ) => Effect.Effect<PublicationOutcome>
    /**
     * The same of several, as of one state of the consumers and all at once, so that nobody is seen in two ranges of one value. All or
     * none: superseded when any is, or when all are done.
     */
    readonly publishTogether: (
      organizationId: OrganizationId,
      segments: ReadonlyArray<SegmentToPublish>
    ) => Effect.Effect<PublicationOutcome>
  }
>()("@audiences/engine/MembershipRepo") {}

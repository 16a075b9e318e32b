import type { AudienceNotFound, AudienceType } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { Consumer, ConsumerId, ConsumerNotFound } from "@audiences/domain/Consumer"
import type { MemberChosen, MemberSince } from "@audiences/domain/MemberExplanation"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { RuleLine } from "@audiences/domain/Rule"
import { Context, type DateTime, type Effect } from "effect"
import type { PublishedMembership } from "../gate/GateRepo.ts"

/** What speaks for and against a membership, all of one instant. */
export interface MembershipFacts {
  readonly type: AudienceType
  /** Without blocks. */
  readonly published: PublishedMembership
  readonly rules: ReadonlyArray<RuleLine>
  readonly consumer: Consumer
  readonly isMember: boolean
  readonly since: MemberSince
  readonly chosen: MemberChosen | null
}

export class ExplanationRepo extends Context.Service<
  ExplanationRepo,
  {
    readonly facts: (
      organizationId: OrganizationId,
      audienceId: AudienceId,
      consumerId: ConsumerId,
      now: DateTime.Utc
    ) => Effect.Effect<MembershipFacts, AudienceNotFound | ConsumerNotFound>
  }
>()("@audiences/engine/ExplanationRepo") {}

import type { Actor } from "@audiences/domain/Actor"
import type { Audience, AudienceFull, AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceGroupId, AudienceGroupNotFound, GroupMemberListQuery } from "@audiences/domain/AudienceGroup"
import type { ConsumerFull } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Page } from "@audiences/domain/Page"
import type { ValidationError } from "@audiences/domain/ValidationError"
import { Context, Effect, Layer } from "effect"
import { DatabaseClock } from "../DatabaseClock.ts"
import { memberPaging } from "../memberships/MemberPaging.ts"
import { AudienceGroupRepo } from "./AudienceGroupRepo.ts"

/** Audiences that belong together. */
export class AudienceGroups extends Context.Service<
  AudienceGroups,
  {
    readonly get: (
      organizationId: OrganizationId,
      groupId: AudienceGroupId
    ) => Effect.Effect<ReadonlyArray<AudienceFull>, AudienceGroupNotFound>
    /** Each consumer once, ordered by id, as membership is now: who stays in the group throughout is on exactly one page. */
    readonly members: (
      organizationId: OrganizationId,
      groupId: AudienceGroupId,
      query: GroupMemberListQuery
    ) => Effect.Effect<Page<ConsumerFull>, ValidationError | AudienceGroupNotFound | AudienceNotFound>
    readonly archive: (
      actor: Actor,
      groupId: AudienceGroupId
    ) => Effect.Effect<ReadonlyArray<Audience>, AudienceGroupNotFound>
  }
>()("@audiences/engine/AudienceGroups") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* AudienceGroupRepo
      const clock = yield* DatabaseClock

      const members = Effect.fn("AudienceGroups.members")(function* (
        organizationId: OrganizationId,
        groupId: AudienceGroupId,
        { audienceId, ...query }: GroupMemberListQuery
      ) {
        const pages = memberPaging("group-members", groupId, audienceId === undefined ? [] : [audienceId])
        return pages.page(yield* repo.members(organizationId, groupId, audienceId, yield* pages.request(query)))
      })

      const archive = Effect.fn("AudienceGroups.archive")(function* (actor: Actor, groupId: AudienceGroupId) {
        return yield* repo.archive(actor, yield* clock.now, groupId)
      })

      return AudienceGroups.of({ get: repo.get, members, archive })
    })
  )
}

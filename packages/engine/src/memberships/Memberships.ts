import type { Actor } from "@audiences/domain/Actor"
import type { Audience, AudienceArchived, AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { ConsumerFull, ConsumerId, ConsumerNotFound } from "@audiences/domain/Consumer"
import type {
  AudienceCount,
  AudienceStatus,
  MembersAdd,
  MembersAdded,
  MembersRemove,
  MembersRemoved
} from "@audiences/domain/Membership"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Page, PageQuery } from "@audiences/domain/Page"
import { refuse, type ValidationError } from "@audiences/domain/ValidationError"
import { Context, Effect, Layer } from "effect"
import { notStatic } from "../audiences/AudienceTypeRefusal.ts"
import type { AudienceTypeMismatch } from "../audiences/AudienceRepo.ts"
import { DatabaseClock } from "../DatabaseClock.ts"
import { cursorRefusal, memberPaging } from "./MemberPaging.ts"
import { type ConsumersUnknown, MembershipRepo } from "./MembershipRepo.ts"

/** Who is in which audience. */
export class Memberships extends Context.Service<
  Memberships,
  {
    readonly count: (
      organizationId: OrganizationId,
      audienceId: AudienceId
    ) => Effect.Effect<AudienceCount, AudienceNotFound>
    readonly status: (
      organizationId: OrganizationId,
      audienceId: AudienceId
    ) => Effect.Effect<AudienceStatus, AudienceNotFound>
    readonly list: (
      organizationId: OrganizationId,
      audienceId: AudienceId,
      query: PageQuery
    ) => Effect.Effect<Page<ConsumerFull>, AudienceNotFound | ValidationError>
    readonly add: (
      actor: Actor,
      audienceId: AudienceId,
      input: MembersAdd
    ) => Effect.Effect<MembersAdded, ValidationError | AudienceNotFound | AudienceArchived>
    readonly remove: (
      actor: Actor,
      audienceId: AudienceId,
      input: MembersRemove
    ) => Effect.Effect<MembersRemoved, ValidationError | AudienceNotFound | AudienceArchived>
    /** The live audiences that a consumer is in, ordered by name. */
    readonly ofConsumer: (
      organizationId: OrganizationId,
      consumerId: ConsumerId
    ) => Effect.Effect<ReadonlyArray<Audience>, ConsumerNotFound>
  }
>()("@audiences/engine/Memberships") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* MembershipRepo
      const clock = yield* DatabaseClock

      const count = Effect.fn("Memberships.count")(function* (organizationId: OrganizationId, audienceId: AudienceId) {
        return { audienceId, count: yield* repo.count(organizationId, audienceId) }
      })

      const status = Effect.fn("Memberships.status")(function* (
        organizationId: OrganizationId,
        audienceId: AudienceId
      ) {
        return yield* repo.status(organizationId, audienceId, yield* clock.now)
      })

      const list = Effect.fn("Memberships.list")(function* (
        organizationId: OrganizationId,
        audienceId: AudienceId,
        query: PageQuery
      ) {
        const pages = memberPaging("members", audienceId)
        const slice = yield* repo.list(organizationId, audienceId, yield* pages.request(query)).pipe(
          Effect.catchTags({
            VersionUnknown: () => cursorRefusal(query, "Cursor is malformed"),
            VersionNotRetained: () =>
              cursorRefusal(query, "Cursor is of a version of the list that is no longer kept: begin without a cursor")
          })
        )
        return pages.page(slice)
      })

      const add = Effect.fn("Memberships.add")(function* (actor: Actor, audienceId: AudienceId, input: MembersAdd) {
        const addedCount = yield* repo
          .add(actor, yield* clock.now, audienceId, input.consumerIds)
          .pipe(Effect.catchTags(refusals(input)))
        return { audienceId, addedCount }
      })

      const remove = Effect.fn("Memberships.remove")(function* (
        actor: Actor,
        audienceId: AudienceId,
        input: MembersRemove
      ) {
        const removedCount = yield* repo
          .remove(actor, yield* clock.now, audienceId, input.consumerIds)
          .pipe(Effect.catchTags(refusals(input)))
        return { audienceId, removedCount }
      })

      return Memberships.of({ count, status, list, add, remove, ofConsumer: repo.ofConsumer })
    })
  )
}

const refusals = (input: MembersAdd | MembersRemove) => ({
  AudienceTypeMismatch: (_: AudienceTypeMismatch) => notStatic(input),
  ConsumersUnknown: ({ indexes }: ConsumersUnknown) =>
    Effect.fail(
      refuse(
        input,
        indexes.map((index) => ({
          path: ["consumerIds", index],
          message: "Consumer not found",
          type: "consumer",
          expected: "the id of a consumer"
        }))
      )
    )
})

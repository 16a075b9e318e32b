import type { Actor } from "@audiences/domain/Actor"
import type { AudienceArchived, AudienceNotFound } from "@audiences/domain/Audience"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Page } from "@audiences/domain/Page"
import type {
  SyncSourceCreate,
  SyncSourceFull,
  SyncSourceId,
  SyncSourceListQuery,
  SyncSourceNotFound,
  SyncSourcePresent
} from "@audiences/domain/SyncSource"
import type { ValidationError } from "@audiences/domain/ValidationError"
import { Context, Effect, Layer } from "effect"
import { notSynced } from "../audiences/AudienceTypeRefusal.ts"
import { makeSyncSource } from "../audiences/NewAudience.ts"
import { DatabaseClock } from "../DatabaseClock.ts"
import { paging } from "../pages/Paging.ts"
import { SyncSourceRepo } from "./SyncSourceRepo.ts"

/** The lists elsewhere that audiences are kept equal to. */
export class SyncSources extends Context.Service<
  SyncSources,
  {
    readonly list: (
      organizationId: OrganizationId,
      query: SyncSourceListQuery
    ) => Effect.Effect<Page<SyncSourceFull>, ValidationError>
    readonly get: (
      organizationId: OrganizationId,
      id: SyncSourceId
    ) => Effect.Effect<SyncSourceFull, SyncSourceNotFound>
    readonly add: (
      actor: Actor,
      input: SyncSourceCreate
    ) => Effect.Effect<SyncSourceFull, ValidationError | AudienceNotFound | AudienceArchived | SyncSourcePresent>
    readonly remove: (actor: Actor, id: SyncSourceId) => Effect.Effect<SyncSourceFull, SyncSourceNotFound>
  }
>()("@audiences/engine/SyncSources") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* SyncSourceRepo
      const clock = yield* DatabaseClock

      const list = Effect.fn("SyncSources.list")(function* (
        organizationId: OrganizationId,
        query: SyncSourceListQuery
      ) {
        const { archived = false } = query
        return pages.page(query, yield* repo.list(organizationId, archived, yield* pages.request(query)))
      })

      const add = Effect.fn("SyncSources.add")(function* (actor: Actor, input: SyncSourceCreate) {
        const source = yield* makeSyncSource(actor, yield* clock.now, input)
        return yield* repo
          .add(actor, input.audienceId, source)
          .pipe(Effect.catchTag("AudienceTypeMismatch", () => notSynced(input)))
      })

      const remove = Effect.fn("SyncSources.remove")(function* (actor: Actor, id: SyncSourceId) {
        return yield* repo.remove(actor, yield* clock.now, id)
      })

      return SyncSources.of({ list, get: repo.get, add, remove })
    })
  )
}

const pages = paging<"createdAt">("sync-sources", { createdAt: "instant" })

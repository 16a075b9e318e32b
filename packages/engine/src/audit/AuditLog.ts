import type { AuditEntry, AuditListQuery } from "@audiences/domain/AuditEntry"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Page } from "@audiences/domain/Page"
import type { ValidationError } from "@audiences/domain/ValidationError"
import { Context, Effect, Layer } from "effect"
import { DatabaseClock } from "../DatabaseClock.ts"
import { paging } from "../pages/Paging.ts"
import { AuditRepo } from "./AuditRepo.ts"

/** Who changed what, and when. */
export class AuditLog extends Context.Service<
  AuditLog,
  {
    /** Newest first. */
    readonly list: (
      organizationId: OrganizationId,
      query: AuditListQuery
    ) => Effect.Effect<Page<AuditEntry>, ValidationError>
    /** Deletes what each organization keeps no longer. */
    readonly prune: Effect.Effect<void>
  }
>()("@audiences/engine/AuditLog") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* AuditRepo
      const clock = yield* DatabaseClock

      const list = Effect.fn("AuditLog.list")(function* (organizationId: OrganizationId, query: AuditListQuery) {
        return pages.page(query, yield* repo.list(organizationId, query, yield* pages.request(query)))
      })

      const prune = Effect.flatMap(clock.now, repo.prune).pipe(Effect.withSpan("AuditLog.prune"))

      return AuditLog.of({ list, prune })
    })
  )
}

const pages = paging<"createdAt">("audit-log", { createdAt: "instant" })

import type { AuditEntry, AuditListQuery } from "@audiences/domain/AuditEntry"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, type DateTime, type Effect } from "effect"
import type { PageRequest, Slice } from "../pages/Paging.ts"

export type AuditFilter = Pick<AuditListQuery, "actor" | "action" | "subjectType" | "subjectId" | "since" | "until">

/** Where the audit log is read; what changes something writes it, in its own transaction. */
export class AuditRepo extends Context.Service<
  AuditRepo,
  {
    readonly list: (
      organizationId: OrganizationId,
      filter: AuditFilter,
      request: PageRequest<"createdAt">
    ) => Effect.Effect<Slice<AuditEntry>>
    /** Deletes what each organization keeps no longer. */
    readonly prune: (now: DateTime.Utc) => Effect.Effect<void>
  }
>()("@audiences/engine/AuditRepo") {}

import { AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { FileKind, ImportTarget } from "@audiences/engine/imports/ImportRepo"
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"

export const kindOf = (target: ImportTarget): FileKind => (target._tag === "Orders" ? "orders" : "consumers")

/** The imports of a target among `imports AS i`. */
export const ofTarget = (sql: SqlClient.SqlClient, organizationId: OrganizationId, target: ImportTarget) =>
  target._tag === "Audience"
    ? sql`i.organization_id = ${organizationId}::uuid AND i.audience_id = ${target.audienceId}::uuid`
    : sql`i.organization_id = ${organizationId}::uuid AND i.audience_id IS NULL AND i.kind = ${kindOf(target)}`

/** Of targets, only an audience may be missing. */
export const targetExists = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  target: ImportTarget
) {
  if (target._tag !== "Audience") return
  const found = yield* sql`
    SELECT 1 FROM audiences WHERE organization_id = ${organizationId}::uuid AND id = ${target.audienceId}::uuid`
  if (found.length === 0) return yield* new AudienceNotFound()
})

/** What the audit log calls something that was done to an import of a target. */
export const auditedOf = <Verb extends "create" | "cancel" | "undo">(target: ImportTarget, verb: Verb) => {
  switch (target._tag) {
    case "Audience":
      return { action: `imports.${verb}`, subjectType: "audience", subjectId: target.audienceId as AudienceId } as const
    case "Consumers":
      return { action: `consumerImports.${verb}`, subjectType: "consumer", subjectId: null } as const
    case "Orders":
      return { action: `orderImports.${verb}`, subjectType: "order", subjectId: null } as const
  }
}

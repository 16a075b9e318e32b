import { AuditEntry } from "@audiences/domain/AuditEntry"
import type { OrganizationId } from "@audiences/domain/Organization"
import { type AuditFilter, AuditRepo } from "@audiences/engine/audit/AuditRepo"
import type { PageRequest } from "@audiences/engine/pages/Paging"
import { DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { readSlice } from "../pages/Keyset.ts"

const AuditRow = Schema.Struct({ ...AuditEntry.fields, at: Schema.DateTimeUtcFromDate })

export const AuditRepoSql = Layer.effect(
  AuditRepo,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const list = Effect.fn("AuditRepo.list")((
      organizationId: OrganizationId,
      { action, actor, since, subjectId, subjectType, until }: AuditFilter,
      request: PageRequest<"createdAt">
    ) => {
      const conditions = [sql`e.organization_id = ${organizationId}::uuid`]
      if (actor !== undefined) conditions.push(sql`e.actor = ${actor}`)
      if (action !== undefined) conditions.push(sql`e.action = ${action}`)
      if (subjectType !== undefined) conditions.push(sql`e.subject_type = ${subjectType}`)
      if (subjectId !== undefined) conditions.push(sql`e.subject_id = ${subjectId.toLowerCase()}`)
      if (since !== undefined) conditions.push(sql`e.at >= ${DateTime.formatIso(since)}::text::timestamptz`)
      if (until !== undefined) conditions.push(sql`e.at < ${DateTime.formatIso(until)}::text::timestamptz`)
      return readSlice(
        sql,
        {
          columns: sql`e.id, e.at, e.actor, e.action, e.subject_type, e.subject_id, e.changes, e.request_id`,
          from: sql`audit_log e`,
          where: sql.and(conditions),
          key: { expression: sql`e.at`, kind: "instant", nullable: false },
          id: sql`e.id`,
          row: AuditRow
        },
        request
      )
    })

    const prune = Effect.fn("AuditRepo.prune")(function* (now: DateTime.Utc) {
      yield* sql`
        DELETE FROM audit_log e USING organizations o
        WHERE o.id = e.organization_id
          AND e.at < ${DateTime.formatIso(now)}::text::timestamptz - make_interval(days => o.audit_retention_days)`
    }, Effect.orDie)

    return AuditRepo.of({ list, prune })
  })
)

import type { Actor } from "@audiences/domain/Actor"
import type { AuditAction } from "@audiences/domain/AuditEntry"
import { RequestId } from "@audiences/engine/audit/RequestId"
import { DateTime, Effect } from "effect"
import type { SqlClient } from "effect/sql"

export interface AuditedChange {
  readonly action: AuditAction
  readonly subjectType:
    "apiKey" | "audience" | "consumer" | "group" | "integration" | "order" | "organization" | "settings"
  /** Null where one request changed many. */
  readonly subjectId: string | null
  /** Never a value of a consumer: names of fields, counts and ids. */
  readonly changes?: Readonly<Record<string, unknown>>
}

/** Characters of JSON that an entry keeps of one change. */
const maxChangeLength = 2000

/** What is too long to be kept is told by its length. */
const bounded = (value: unknown): unknown => {
  const json = JSON.stringify(value) ?? "null"
  return json.length <= maxChangeLength ? value : { omitted: `${json.length} characters of JSON` }
}

/** Writes an entry of the audit log into the transaction that makes the change. */
export const audit = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { name, organizationId }: Actor,
  now: DateTime.Utc,
  { action, changes = {}, subjectId, subjectType }: AuditedChange
) {
  const kept = Object.fromEntries(Object.entries(changes).map(([key, value]) => [key, bounded(value)]))
  yield* sql`
    INSERT INTO audit_log (organization_id, at, actor, action, subject_type, subject_id, changes, request_id)
    VALUES (${organizationId}::uuid, ${DateTime.formatIso(now)}::text::timestamptz, ${name}, ${action}, ${subjectType},
      ${subjectId?.toLowerCase() ?? null}, ${JSON.stringify(kept)}::text::jsonb, ${yield* RequestId})`
})

/** As many ids as an entry keeps. */
export const firstIds = (ids: ReadonlyArray<string>) => ids.slice(0, 50)

/** The fields of which the two have different values, each as `{ from, to }`. */
export const differences = <Record extends object>(
  before: Record,
  after: Record,
  fields: ReadonlyArray<keyof Record & string>
): { readonly [field: string]: { readonly from: unknown; readonly to: unknown } } =>
  Object.fromEntries(
    fields.flatMap((field) => {
      const from = before[field] ?? null
      const to = after[field] ?? null
      return JSON.stringify(from) === JSON.stringify(to) ? [] : [[field, { from: bounded(from), to: bounded(to) }]]
    })
  )

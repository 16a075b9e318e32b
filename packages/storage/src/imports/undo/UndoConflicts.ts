import { ImportUndoConflict } from "@audiences/domain/Import"
import { Effect, Schema } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import type { UndoKey } from "./UndoKey.ts"

const decodeConflicts = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ ...ImportUndoConflict.fields, ordinal: Schema.Finite, total: Schema.Finite }))
)

/** How many consumers a refusal names. */
const namedConflicts = 100

/** The columns by which consumers are told apart. */
export const identifyingColumns = ["email_folded", "phone", "primary_external_id_folded"] as const

/** What an import left as `x` of consumer `c` has not been written since. */
const untouched = (consumer: string, log: string): string =>
  `coalesce(${consumer}.updated_at, ${consumer}.created_at) = ${log}.written_at`

/** Whom the import created, and others have put into a list: audience by audience, since that is how the members are indexed. */
const listed = (sql: SqlClient.SqlClient, { audienceId, id, organizationId }: UndoKey, some: Statement.Fragment) =>
  sql`
    SELECT DISTINCT chosen.ordinal FROM audiences a CROSS JOIN LATERAL (
      SELECT m.ordinal FROM import_changes w
      JOIN static_members m ON m.organization_id = a.organization_id AND m.audience_id = a.id AND m.ordinal = w.ordinal
      WHERE w.organization_id = ${organizationId}::uuid AND w.import_id = ${id}::uuid AND w.before IS NULL AND ${some}
        AND (a.id IS DISTINCT FROM ${audienceId}::uuid OR m.source <> ${`import:${id}`})
      OFFSET 0) chosen
    WHERE a.organization_id = ${organizationId}::uuid AND a.type <> 'DYNAMIC'`

/**
 * The consumers of the log that cannot be put back without losing what was written since: of the whole log, or of some ordinals, when
 * only these are to be put back. Whom the import created and somebody has archived is where an undo would put it.
 */
export const undoConflicts = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  key: UndoKey,
  ordinals: ReadonlyArray<number> | "all"
) {
  const { id, organizationId } = key
  const among = (column: string): Statement.Fragment =>
    ordinals === "all" ? sql`true` : sql`${sql.literal(column)} = ANY(${ordinals}::int[])`
  const takenBy = identifyingColumns.map(
    (column) => sql`
      EXISTS (
        SELECT 1 FROM consumers o
        WHERE o.organization_id = c.organization_id AND NOT o.archived AND o.ordinal <> c.ordinal
          AND o.${sql.literal(column)} = w.before ->> '${sql.literal(column)}'
          AND NOT EXISTS (
            SELECT 1 FROM import_changes x
            WHERE x.organization_id = w.organization_id AND x.import_id = w.import_id AND x.ordinal = o.ordinal
              AND ${among("x.ordinal")} AND ${sql.literal(untouched("o", "x"))}))`
  )
  const rows = yield* sql`
    WITH listed AS MATERIALIZED (${listed(sql, key, among("w.ordinal"))})
    SELECT id AS consumer_id, ordinal, reason, (count(*) OVER ())::float8 AS total FROM (
      SELECT c.id, c.ordinal, CASE
        WHEN ${sql.literal(untouched("c", "w"))} IS NOT TRUE THEN 'CHANGED'
        WHEN c.ordinal IN (SELECT ordinal FROM listed) THEN 'LISTED'
        WHEN w.before IS NOT NULL AND (${sql.or(takenBy)}) THEN 'TAKEN'
      END AS reason
      FROM import_changes w JOIN consumers c ON c.organization_id = w.organization_id AND c.ordinal = w.ordinal
      WHERE w.organization_id = ${organizationId}::uuid AND w.import_id = ${id}::uuid AND ${among("w.ordinal")}
        AND NOT (w.before IS NULL AND c.archived)
    ) judged WHERE reason IS NOT NULL
    ORDER BY ordinal ${ordinals === "all" ? sql`LIMIT ${namedConflicts}` : sql``}`
  return yield* Effect.orDie(decodeConflicts(rows))
})

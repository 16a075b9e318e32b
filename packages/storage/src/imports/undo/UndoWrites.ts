import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { handBackConsumers } from "./HandBack.ts"
import { identifyingColumns } from "./UndoConflicts.ts"
import type { UndoKey } from "./UndoKey.ts"

const decodeOrdinals = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ ordinal: Schema.Finite })))
const decodeNames = Schema.decodeUnknownEffect(
  // Names of our own columns; they become SQL.
  Schema.Array(Schema.Struct({ name: Schema.String.check(Schema.isPattern(/^[a-z_]+$/)) }))
)

export interface Undoing extends UndoKey {
  readonly ordinals: ReadonlyArray<number>
  readonly actor: string
  readonly now: DateTime.Utc
}

const logged = (sql: SqlClient.SqlClient, { id, ordinals, organizationId }: Undoing) =>
  sql`w.organization_id = ${organizationId}::uuid AND w.import_id = ${id}::uuid AND w.ordinal = ANY(${ordinals}::int[])`

/** Gives updated consumers the values back that they had. Returns their ordinals. */
export const restoreUpdated = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, undoing: Undoing) {
  const names = yield* sql`
    SELECT DISTINCT k.name FROM import_changes w, jsonb_object_keys(w.before) k (name) WHERE ${logged(sql, undoing)} ORDER BY k.name`
  const columns = (yield* Effect.orDie(decodeNames(names))).map(({ name }) => name)
  // Two may have to swap an identifier: all let go of theirs before any takes one.
  for (const column of identifyingColumns.filter((each) => columns.includes(each))) {
    yield* sql`
      UPDATE consumers c SET ${sql.literal(column)} = NULL FROM import_changes w
      WHERE ${logged(sql, undoing)} AND c.organization_id = w.organization_id AND c.ordinal = w.ordinal
        AND jsonb_exists(w.before, ${column}) AND c.${sql.literal(column)} IS DISTINCT FROM w.before ->> ${column}`
  }
  const values = columns.map(
    (column) => `${column} = CASE WHEN jsonb_exists(w.before, '${column}') THEN r.${column} ELSE c.${column} END`
  )
  const restored = yield* sql`
    UPDATE consumers c SET ${sql.literal([...values, ""].join(", "))}
      updated_at = ${DateTime.formatIso(undoing.now)}::text::timestamptz, updated_by = ${undoing.actor}
    FROM import_changes w, jsonb_populate_record(NULL::consumers, w.before) r
    WHERE ${logged(sql, undoing)} AND w.before IS NOT NULL AND c.organization_id = w.organization_id AND c.ordinal = w.ordinal
    RETURNING c.ordinal`
  yield* handBackConsumers(
    sql,
    undoing,
    sql`
    SELECT w.ordinal, w.found_at, ${DateTime.formatIso(undoing.now)}::text::timestamptz AS put_at FROM import_changes w
    WHERE ${logged(sql, undoing)} AND w.before IS NOT NULL`
  )
  return (yield* Effect.orDie(decodeOrdinals(restored))).map(({ ordinal }) => ordinal)
})

/** Archives created consumers, but those that somebody else has archived. Returns their ordinals. */
export const archiveCreated = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, undoing: Undoing) {
  const archived = yield* sql`
    UPDATE consumers c SET archived = true, updated_at = ${DateTime.formatIso(undoing.now)}::text::timestamptz, updated_by = ${undoing.actor}
    FROM import_changes w
    WHERE ${logged(sql, undoing)} AND w.before IS NULL AND c.organization_id = w.organization_id AND c.ordinal = w.ordinal AND NOT c.archived
    RETURNING c.ordinal`
  return (yield* Effect.orDie(decodeOrdinals(archived))).map(({ ordinal }) => ordinal)
})

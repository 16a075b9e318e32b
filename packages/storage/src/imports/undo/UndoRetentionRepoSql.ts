import { ImportId, ImportUndoExpired } from "@audiences/domain/Import"
import { OrganizationId } from "@audiences/domain/Organization"
import { UndoRetentionRepo } from "@audiences/engine/imports/undo/UndoRetentionRepo"
import { DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import type { ImportKey } from "../ImportKey.ts"

/** What undoing an import takes, and whatever else it is remembered by no longer than that. */
const tables = ["import_changes", "order_import_changes", "order_import_totals", "import_erasures"] as const

/** SQL for when import `i` ended. What it staged may still have to be cleared away: until then, nothing but its end has written the row. */
const ended = "coalesce(i.closed_at, CASE WHEN i.status IN ('COMPLETED', 'FAILED') THEN i.updated_at END)"

/** SQL for the instant from which import `i` cannot be undone; null: it has not ended, or can be undone for ever. */
export const undoEnds = `least(i.undo_expired_at, ${ended} + make_interval(days => (
  SELECT o.import_undo_days FROM organizations o WHERE o.id = i.organization_id)))`

/** Refuses to undo an import that is too old for it. Its row is locked. */
export const refuseExpired = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, { id, organizationId }: ImportKey) {
  const expired = yield* sql`
    SELECT 1 FROM imports i WHERE i.organization_id = ${organizationId}::uuid AND i.id = ${id}::uuid
      AND ${sql.literal(undoEnds)} <= clock_timestamp()`
  if (expired.length > 0) return yield* new ImportUndoExpired()
})

const decodeKeys = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ organizationId: OrganizationId, id: ImportId }))
)

export const UndoRetentionRepoSql = Layer.effect(
  UndoRetentionRepo,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const forgetNext = Effect.fn("UndoRetentionRepo.forgetNext")(
      function* (now: DateTime.Utc) {
        const at = sql`${DateTime.formatIso(now)}::text::timestamptz`
        const expired = yield* sql`
          UPDATE imports SET undo_expired_at = ${at} WHERE (organization_id, id) IN (
            SELECT i.organization_id, i.id FROM organizations o JOIN imports i ON i.organization_id = o.id
            WHERE i.undo_expired_at IS NULL AND i.closed_at <= ${at} - make_interval(days => o.import_undo_days)
              AND (i.undo_started_at IS NULL OR i.undone_at IS NOT NULL)
            LIMIT 1 FOR NO KEY UPDATE OF i SKIP LOCKED)
          RETURNING organization_id, id`
        const [key] = yield* decodeKeys(expired)
        if (key === undefined) return false
        for (const table of tables)
          yield* sql`DELETE FROM ${sql(table)} WHERE organization_id = ${key.organizationId}::uuid AND import_id = ${key.id}::uuid`
        return true
      },
      sql.withTransaction,
      Effect.orDie
    )

    return UndoRetentionRepo.of({ forgetNext })
  })
)

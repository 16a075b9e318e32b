import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    ALTER TABLE organizations
      -- Days after the end of an import for which it can be undone. Null: for ever.
      ADD COLUMN import_undo_days integer DEFAULT 30 CHECK (import_undo_days > 0)`
  yield* sql`
    ALTER TABLE imports
      -- When what undoing it takes was deleted.
      ADD COLUMN undo_expired_at timestamptz(3)`
  yield* sql`
    CREATE INDEX imports_undoable_idx ON imports (organization_id, closed_at) WHERE closed_at IS NOT NULL AND undo_expired_at IS NULL`
})

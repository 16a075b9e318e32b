import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    ALTER TABLE imports
      -- Its status is FAILED since.
      ADD COLUMN cancelled_at timestamptz(3),
      -- How the file was written; null where no row was rejected.
      ADD COLUMN header text[],
      ADD COLUMN delimiter text,
      -- Since when it has ended, what is reported of it is kept, and its file is gone.
      ADD COLUMN closed_at timestamptz(3),
      ADD COLUMN undo_started_at timestamptz(3),
      -- The actor.
      ADD COLUMN undo_started_by text,
      ADD COLUMN undone_at timestamptz(3),
      -- Consumers up to this ordinal have been dealt with.
      ADD COLUMN undo_ordinal integer NOT NULL DEFAULT -1,
      -- Of them, those that were written meanwhile, and are left as they are.
      ADD COLUMN undo_skipped bigint NOT NULL DEFAULT 0`
  yield* sql`UPDATE imports SET closed_at = coalesce(updated_at, created_at) WHERE status IN ('COMPLETED', 'FAILED')`
  yield* sql`DROP INDEX imports_unfinished_idx`
  // What the scheduler looks for, over all organizations: imports for which something is left to do.
  yield* sql`
    CREATE INDEX imports_unclosed_idx ON imports (organization_id, id)
    WHERE (closed_at IS NULL AND status <> 'PENDING') OR (undo_started_at IS NOT NULL AND undone_at IS NULL)`
  yield* sql`
    CREATE TABLE import_rejected_rows (
      organization_id uuid NOT NULL,
      import_id uuid NOT NULL,
      row bigint NOT NULL,
      -- As they stood in the file.
      cells text[] NOT NULL,
      PRIMARY KEY (organization_id, import_id, row),
      FOREIGN KEY (organization_id, import_id, row) REFERENCES import_errors
    )`
})

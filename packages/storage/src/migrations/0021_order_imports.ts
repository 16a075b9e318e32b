import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    ALTER TABLE imports
      -- Of the file as it arrived in a bucket, its ETag: what is put at the key later is not read.
      ADD COLUMN upload_version text,
      -- When to look next for the file of a PENDING import.
      ADD COLUMN next_look_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
      -- What the file's rows are. Only consumers are brought into an audience, if there is one.
      ADD COLUMN kind text NOT NULL DEFAULT 'consumers' CHECK (kind IN ('consumers', 'orders')),
      ALTER COLUMN audience_id DROP NOT NULL,
      ADD CHECK (kind = 'consumers' OR audience_id IS NULL)`
  yield* sql`CREATE INDEX imports_pending_idx ON imports (next_look_at) WHERE status = 'PENDING'`
  yield* sql`CREATE INDEX imports_kind_created_at_idx ON imports (organization_id, kind, created_at, id) WHERE audience_id IS NULL`
  // The data rows of a file of orders while it is imported, as import_rows are those of consumers.
  yield* sql`
    CREATE TABLE order_import_rows (
      organization_id uuid NOT NULL,
      import_id uuid NOT NULL,
      -- Data rows are counted from 1, without the header; lines as an editor shows them.
      row_number bigint NOT NULL,
      line bigint NOT NULL,
      -- Why the row is rejected; null: it is not.
      issues jsonb,
      -- The last line of the same order. Null: the row is the last, or the only one.
      winner_line bigint,
      order_id text COLLATE "C",
      -- Whose it is, in the form of comparison.
      email_folded text,
      phone text,
      primary_external_id_folded text,
      ordered_at timestamptz(3),
      total numeric(20, 8),
      PRIMARY KEY (organization_id, import_id, row_number)
    )`
})

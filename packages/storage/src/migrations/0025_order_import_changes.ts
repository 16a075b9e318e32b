import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // What an import of orders wrote, so that it can be undone. An order that it found as the file has it is not here.
  yield* sql`
    CREATE TABLE order_import_changes (
      organization_id uuid NOT NULL,
      import_id uuid NOT NULL,
      order_id text NOT NULL COLLATE "C",
      -- Of the consumer whose it is by the import.
      ordinal integer NOT NULL,
      -- The order before the import; null: the import created it.
      before_ordinal integer,
      before_total numeric(20, 8),
      before_ordered_at timestamptz(3),
      -- coalesce(updated_at, created_at) of the order as the import left it: if it still is, nobody has written the order since.
      written_at timestamptz(3) NOT NULL,
      PRIMARY KEY (organization_id, import_id, order_id)
    )`
  // Of files of orders that were begun before, nothing was kept.
  yield* sql`ALTER TABLE imports ADD COLUMN changes_kept boolean NOT NULL DEFAULT true`
  yield* sql`UPDATE imports SET changes_kept = false WHERE kind = 'orders'`
})

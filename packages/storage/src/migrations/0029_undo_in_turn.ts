import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // When what an import changed was written before it: if by another import, that one's written_at. Null: the import created it, others
  // wrote it while the import went on, or it is not known. When the later import is undone, the earlier one can be.
  yield* sql`ALTER TABLE import_changes ADD COLUMN found_at timestamptz(3)`
  yield* sql`ALTER TABLE order_import_changes ADD COLUMN found_at timestamptz(3)`
  yield* sql`
    ALTER TABLE order_import_totals
      ADD COLUMN found_at timestamptz(3),
      -- When the consumer was written as the import, or what was undone of it so far, has left it.
      ADD COLUMN left_at timestamptz(3)`
})

import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // Cells of the file have an apostrophe before what a spreadsheet would run.
  yield* sql`ALTER TABLE imports ADD COLUMN spreadsheet boolean NOT NULL DEFAULT false`
})

import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    ALTER TABLE imports
      -- Of the file as it arrived in a bucket, its ETag: what is put at the key later is not read.
      ADD COLUMN upload_version text,
      -- When to look next for the file of a PENDING import.
      ADD COLUMN next_look_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()`
  yield* sql`CREATE INDEX imports_pending_idx ON imports (next_look_at) WHERE status = 'PENDING'`
})

import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    ALTER TABLE rfm_scorings
      -- Of the runs that are asked for; 0 once one is completed, or asked for anew.
      ADD COLUMN run_failures integer NOT NULL DEFAULT 0,
      ADD COLUMN run_retry_at timestamptz(3)`
  yield* sql`
    ALTER TABLE rfm_runs
      -- Of the change feed, when it began.
      ADD COLUMN position bigint,
      -- The run it builds on: only who changed since, or passed a threshold, is scored. Null: everybody.
      ADD COLUMN since_position bigint,
      ADD COLUMN since_as_of timestamptz(3)`
})

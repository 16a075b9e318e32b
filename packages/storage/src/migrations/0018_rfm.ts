import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // Consumers have one set of ranks, so an organization has one scoring.
  yield* sql`
    CREATE TABLE rfm_scorings (
      organization_id uuid PRIMARY KEY REFERENCES organizations,
      method jsonb NOT NULL,
      -- From one run to the next; null: only on demand.
      interval_seconds integer CHECK (interval_seconds > 0),
      next_run_at timestamptz(3),
      runs_requested bigint NOT NULL DEFAULT 0,
      runs_completed bigint NOT NULL DEFAULT 0
    )`
  yield* sql`
    CREATE TABLE rfm_runs (
      organization_id uuid NOT NULL REFERENCES rfm_scorings,
      id uuid NOT NULL,
      -- How many runs were asked for when it began: all of them are answered by it.
      requested bigint NOT NULL,
      -- With the reference instant, so that it can be repeated.
      method jsonb NOT NULL,
      -- Of each dimension the greatest value of every bin but the last.
      bounds jsonb NOT NULL,
      scored_count bigint NOT NULL,
      changed_count bigint NOT NULL DEFAULT 0,
      -- The first block of consumers that is still to be scored.
      next_block integer NOT NULL DEFAULT 0,
      started_at timestamptz(3) NOT NULL,
      completed_at timestamptz(3),
      PRIMARY KEY (organization_id, id)
    )`
  yield* sql`CREATE UNIQUE INDEX rfm_runs_unfinished_idx ON rfm_runs (organization_id) WHERE completed_at IS NULL`
  yield* sql`CREATE INDEX rfm_runs_started_at_idx ON rfm_runs (organization_id, started_at)`
})

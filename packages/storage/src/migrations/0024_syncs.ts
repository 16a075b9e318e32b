import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    ALTER TABLE sync_sources
      -- How often a sync has failed in a row, and before when none begins by itself (null: at any time).
      ADD COLUMN failures integer NOT NULL DEFAULT 0,
      ADD COLUMN retry_at timestamptz(3),
      -- When the latest sync began; null: none has.
      ADD COLUMN attempted_at timestamptz(3)`
  yield* sql`CREATE INDEX sync_sources_created_at_id_idx ON sync_sources (organization_id, created_at, id)`
  yield* sql`CREATE INDEX sync_sources_sync_source_id_idx ON sync_sources (organization_id, sync_source_id) WHERE NOT archived`
  yield* sql`
    CREATE INDEX audiences_primary_sync_source_id_idx ON audiences (organization_id, primary_sync_source_id)
    WHERE primary_sync_source_id IS NOT NULL`
  // What the scheduler looks for, over all organizations.
  yield* sql`
    CREATE INDEX audiences_sync_interval_idx ON audiences (organization_id, id)
    WHERE type = 'SYNCED_LIST' AND NOT archived AND refresh_interval_seconds IS NOT NULL AND primary_sync_source_id IS NOT NULL`
  // The syncs that are not over: one of a source at a time.
  yield* sql`
    CREATE TABLE sync_runs (
      organization_id uuid NOT NULL,
      sync_source_id uuid NOT NULL,
      audience_id uuid NOT NULL,
      phase text NOT NULL DEFAULT 'reading' CHECK (phase IN ('reading', 'applying')),
      -- The vendor's word for where the next page begins; null: at the start.
      cursor text,
      -- Rises with everything that the run writes: who knows an older one is no longer at it.
      step bigint NOT NULL DEFAULT 0,
      -- Where it stood after it failed last: beyond, the failures of its source are no longer in a row.
      failed_step bigint NOT NULL DEFAULT 0,
      -- The last profile that is written as a consumer.
      applied_to text COLLATE "C",
      -- Profiles that have come, each counted once, and how often one came again.
      profile_count bigint NOT NULL DEFAULT 0,
      repeated_count bigint NOT NULL DEFAULT 0,
      -- Of the first, how many are dealt with: the next counts are a partition of it.
      applied_count bigint NOT NULL DEFAULT 0,
      created_count bigint NOT NULL DEFAULT 0,
      updated_count bigint NOT NULL DEFAULT 0,
      unchanged_count bigint NOT NULL DEFAULT 0,
      duplicate_count bigint NOT NULL DEFAULT 0,
      conflict_count bigint NOT NULL DEFAULT 0,
      -- Without an id under which they could be kept: they never come into sync_profiles.
      rejected_count bigint NOT NULL DEFAULT 0,
      -- [{profileId, message}], some of the first.
      problems jsonb NOT NULL DEFAULT '[]',
      -- When it goes on; null: it is at work.
      retry_at timestamptz(3),
      started_at timestamptz(3) NOT NULL,
      updated_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (organization_id, sync_source_id),
      FOREIGN KEY (organization_id, sync_source_id) REFERENCES sync_sources,
      FOREIGN KEY (organization_id, audience_id) REFERENCES audiences,
      CHECK (applied_count = created_count + updated_count + unchanged_count + duplicate_count + conflict_count)
    )`
  // The members of the list as far as they have come. A profile that comes twice is the one that came last.
  yield* sql`
    CREATE TABLE sync_profiles (
      organization_id uuid NOT NULL,
      sync_source_id uuid NOT NULL,
      profile_id text NOT NULL COLLATE "C",
      profile_id_folded text NOT NULL COLLATE "C",
      -- What it says of a consumer.
      patch jsonb NOT NULL,
      -- The consumer that it is; null: not written yet, or in conflict.
      ordinal integer,
      PRIMARY KEY (organization_id, sync_source_id, profile_id),
      FOREIGN KEY (organization_id, sync_source_id) REFERENCES sync_runs ON DELETE CASCADE
    )`
})

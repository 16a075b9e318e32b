import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE audiences (
      organization_id uuid NOT NULL REFERENCES organizations,
      id uuid NOT NULL,
      name text NOT NULL CHECK (name <> ''),
      name_folded text NOT NULL COLLATE "C",
      description text,
      type text NOT NULL CHECK (type IN ('DYNAMIC', 'STATIC_LIST', 'SYNCED_LIST')),
      group_id uuid,
      group_name text,
      group_type text CHECK (group_type IN ('SEGMENTED_VALUE', 'RFM')),
      icon_name text,
      metadata jsonb,
      refresh_interval_seconds integer CHECK (refresh_interval_seconds > 0),
      last_refreshed_at timestamptz(3),
      primary_sync_source_id uuid,
      primary_external_id text,
      primary_source_vendor text,
      primary_last_synced_at timestamptz(3),
      archived boolean NOT NULL DEFAULT false,
      created_at timestamptz(3) NOT NULL,
      created_by text NOT NULL,
      updated_at timestamptz(3),
      updated_by text,
      -- Grows with every change of the rules: an evaluation of older rules is not published.
      rules_revision bigint NOT NULL DEFAULT 0,
      -- A refresh is asked for by raising the first; publishing it raises the second to what was asked when it began.
      refreshes_requested bigint NOT NULL DEFAULT 0,
      refreshes_completed bigint NOT NULL DEFAULT 0,
      -- How often the refresh that is asked for has failed in a row, and before when it is not tried again (null: at once).
      refresh_failures integer NOT NULL DEFAULT 0,
      refresh_retry_at timestamptz(3),
      -- The published membership: its version, its size, and the feed position up to which it reflects every change.
      version bigint NOT NULL DEFAULT 0,
      member_count bigint NOT NULL DEFAULT 0,
      evaluated_position bigint NOT NULL DEFAULT 0,
      -- The revision of the rules that it was evaluated by; null before the first evaluation.
      evaluated_revision bigint,
      PRIMARY KEY (organization_id, id),
      FOREIGN KEY (organization_id, primary_sync_source_id) REFERENCES sync_sources
    )`
  yield* sql`CREATE INDEX audiences_created_at_id_idx ON audiences (organization_id, created_at, id)`
  // What the scheduler looks for every second, over all organizations.
  yield* sql`
    CREATE INDEX audiences_waiting_idx ON audiences (organization_id, id)
    WHERE type = 'DYNAMIC' AND NOT archived AND refreshes_requested > refreshes_completed`
  yield* sql`
    CREATE INDEX audiences_interval_idx ON audiences (organization_id, id)
    WHERE type = 'DYNAMIC' AND NOT archived AND refresh_interval_seconds IS NOT NULL`
  yield* sql`CREATE INDEX audiences_group_id_idx ON audiences (organization_id, group_id) WHERE group_id IS NOT NULL`
  yield* sql`
    CREATE TABLE audience_rules (
      organization_id uuid NOT NULL,
      audience_id uuid NOT NULL,
      id uuid NOT NULL,
      -- The order in which rules were given, among those of one position.
      sequence bigint GENERATED ALWAYS AS IDENTITY,
      field text NOT NULL,
      operator text NOT NULL,
      -- A JSON array of scalars, as it was sent.
      "values" jsonb NOT NULL CHECK (jsonb_typeof("values") = 'array'),
      group_id uuid,
      position double precision,
      PRIMARY KEY (organization_id, audience_id, id),
      FOREIGN KEY (organization_id, audience_id) REFERENCES audiences
    )`
})

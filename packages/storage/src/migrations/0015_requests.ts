import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    ALTER TABLE organizations
      -- Null: the server's own limit; 0: none.
      ADD COLUMN rate_limit_per_minute integer CHECK (rate_limit_per_minute >= 0),
      ADD COLUMN gate_rate_limit_per_minute integer CHECK (gate_rate_limit_per_minute >= 0)`
  yield* sql`
    CREATE TABLE rate_limits (
      organization_id uuid NOT NULL REFERENCES organizations,
      kind text NOT NULL CHECK (kind IN ('api', 'gate')),
      -- The minute since 1970 that is counted.
      minute integer NOT NULL,
      -- Requests of that minute that processes may answer, and how many the last of them was given.
      taken integer NOT NULL,
      granted integer NOT NULL,
      PRIMARY KEY (organization_id, kind)
    )`
  yield* sql`
    CREATE TABLE idempotency_keys (
      organization_id uuid NOT NULL REFERENCES organizations,
      -- SHA-256 of method, path and key.
      request bytea NOT NULL CHECK (length(request) = 32),
      -- SHA-256 of the body.
      body bytea NOT NULL CHECK (length(body) = 32),
      created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
      -- While it is being answered: by whom, who goes on saying so, and until when that is believed.
      claim uuid NOT NULL,
      claimed_until timestamptz(3) NOT NULL,
      -- Once it is answered.
      status smallint,
      content_type text,
      -- Encrypted with what only the caller knows.
      answer bytea,
      PRIMARY KEY (organization_id, request)
    )`
  yield* sql`CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at)`
})

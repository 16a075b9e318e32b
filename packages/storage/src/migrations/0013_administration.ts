import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    ALTER TABLE organizations
      -- The one that the server was founded with: it administers the others.
      ADD COLUMN founding boolean NOT NULL DEFAULT false,
      ADD COLUMN default_refresh_interval_seconds integer CHECK (default_refresh_interval_seconds > 0),
      ADD COLUMN audit_retention_days integer DEFAULT 365 CHECK (audit_retention_days > 0)`
  yield* sql`
    UPDATE organizations SET founding = true
    WHERE id = (SELECT id FROM organizations WHERE mode = 'live' ORDER BY created_at, id LIMIT 1)`
  yield* sql`CREATE INDEX organizations_live_id_idx ON organizations (live_id)`
  yield* sql`
    ALTER TABLE api_keys
      -- The last four characters of the key.
      ADD COLUMN hint text CHECK (length(hint) = 4),
      ADD COLUMN created_by text,
      ADD COLUMN last_used_at timestamptz(3),
      ADD COLUMN expires_at timestamptz(3),
      ADD COLUMN revoked_by text`
  yield* sql`
    CREATE TABLE audit_log (
      organization_id uuid NOT NULL REFERENCES organizations,
      id uuid NOT NULL DEFAULT gen_random_uuid(),
      at timestamptz(3) NOT NULL,
      actor text NOT NULL,
      action text NOT NULL,
      subject_type text NOT NULL,
      subject_id text,
      changes jsonb NOT NULL,
      request_id text,
      PRIMARY KEY (organization_id, id)
    )`
  yield* sql`CREATE INDEX audit_log_at_idx ON audit_log (organization_id, at, id)`
  yield* sql`CREATE INDEX audit_log_subject_idx ON audit_log (organization_id, subject_id, at, id)`
})

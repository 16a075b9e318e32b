import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE organizations (
      id uuid PRIMARY KEY,
      name text NOT NULL CHECK (name <> ''),
      mode text NOT NULL CHECK (mode IN ('live', 'test')),
      -- The live organization that a test organization belongs to.
      live_id uuid REFERENCES organizations,
      active boolean NOT NULL DEFAULT true,
      -- Signs the upload URLs of the organization's imports.
      upload_secret bytea NOT NULL,
      created_at timestamptz(3) NOT NULL,
      CHECK ((mode = 'test') = (live_id IS NOT NULL))
    )`
  yield* sql`
    CREATE TABLE api_keys (
      -- SHA-256 of the key; the key itself is kept nowhere.
      hash bytea PRIMARY KEY CHECK (length(hash) = 32),
      organization_id uuid NOT NULL REFERENCES organizations,
      id uuid NOT NULL,
      name text NOT NULL,
      created_at timestamptz(3) NOT NULL,
      revoked_at timestamptz(3),
      UNIQUE (organization_id, id)
    )`
})

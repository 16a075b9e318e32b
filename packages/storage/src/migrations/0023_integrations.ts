import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE integrations (
      organization_id uuid NOT NULL REFERENCES organizations,
      vendor text NOT NULL,
      -- Encrypted with a key that the database does not have.
      sealed bytea NOT NULL,
      -- What may be shown of them, by name.
      credentials jsonb NOT NULL,
      -- The vendor's properties that become metadata, with their keys there.
      properties jsonb NOT NULL,
      created_at timestamptz(3) NOT NULL,
      created_by text NOT NULL,
      updated_at timestamptz(3),
      updated_by text,
      PRIMARY KEY (organization_id, vendor)
    )`
})

import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // Identifiers of people who were erased while an import was open, as digests salted with its id: its file may still name them. They
  // are forgotten with the file.
  yield* sql`
    CREATE TABLE import_erasures (
      organization_id uuid NOT NULL,
      import_id uuid NOT NULL,
      digest bytea NOT NULL,
      PRIMARY KEY (organization_id, import_id, digest),
      FOREIGN KEY (organization_id, import_id) REFERENCES imports
    )`
  yield* sql`CREATE INDEX imports_open_idx ON imports (organization_id) WHERE closed_at IS NULL`
})

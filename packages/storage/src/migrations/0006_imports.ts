import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE imports (
      organization_id uuid NOT NULL,
      id uuid NOT NULL,
      audience_id uuid NOT NULL,
      status text NOT NULL CHECK (status IN ('PENDING', 'PROCESSING', 'COMPLETED', 'FAILED')),
      s3_key text NOT NULL,
      upload_expires_at timestamptz(3) NOT NULL,
      uploaded_at timestamptz(3),
      -- Bytes of the uploaded file.
      file_size bigint,
      -- Data rows: in the file (null until counted), and committed so far, of which the other counts are a partition.
      total_rows bigint,
      processed_rows bigint NOT NULL DEFAULT 0,
      created_rows bigint NOT NULL DEFAULT 0,
      updated_rows bigint NOT NULL DEFAULT 0,
      unchanged_rows bigint NOT NULL DEFAULT 0,
      duplicate_rows bigint NOT NULL DEFAULT 0,
      rejected_rows bigint NOT NULL DEFAULT 0,
      failure_reason text,
      archived boolean NOT NULL DEFAULT false,
      created_at timestamptz(3) NOT NULL,
      created_by text NOT NULL,
      updated_at timestamptz(3),
      updated_by text,
      PRIMARY KEY (organization_id, id),
      FOREIGN KEY (organization_id, audience_id) REFERENCES audiences,
      CHECK (processed_rows = created_rows + updated_rows + unchanged_rows + duplicate_rows + rejected_rows)
    )`
  yield* sql`CREATE INDEX imports_processing_idx ON imports (organization_id, id) WHERE status = 'PROCESSING'`
  yield* sql`CREATE INDEX imports_audience_id_created_at_idx ON imports (organization_id, audience_id, created_at, id)`
  yield* sql`
    CREATE TABLE import_errors (
      organization_id uuid NOT NULL,
      import_id uuid NOT NULL,
      -- The line in the file, as an editor shows it; the header is line 1.
      row bigint NOT NULL,
      issues jsonb NOT NULL,
      PRIMARY KEY (organization_id, import_id, row),
      FOREIGN KEY (organization_id, import_id) REFERENCES imports
    )`
})

import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // The whole membership as of a version: what a snapshot shows, and from where older versions are counted back.
  yield* sql`
    CREATE TABLE audience_copies (
      organization_id uuid NOT NULL,
      audience_id uuid NOT NULL,
      version bigint NOT NULL,
      cause text NOT NULL,
      entered_count integer NOT NULL,
      left_count integer NOT NULL,
      member_count bigint NOT NULL,
      published_at timestamptz(3) NOT NULL,
      PRIMARY KEY (organization_id, audience_id, version),
      FOREIGN KEY (organization_id, audience_id) REFERENCES audiences
    )`
  yield* sql`
    CREATE TABLE audience_copy_blocks (
      organization_id uuid NOT NULL,
      audience_id uuid NOT NULL,
      version bigint NOT NULL,
      block integer NOT NULL,
      bits bytea NOT NULL CHECK (length(bits) = 8192),
      PRIMARY KEY (organization_id, audience_id, version, block),
      FOREIGN KEY (organization_id, audience_id, version) REFERENCES audience_copies
    )`
  yield* sql`
    CREATE TABLE audience_snapshots (
      organization_id uuid NOT NULL,
      id uuid NOT NULL,
      audience_id uuid NOT NULL,
      version bigint NOT NULL,
      name text NOT NULL CHECK (name <> ''),
      created_at timestamptz(3) NOT NULL,
      created_by text NOT NULL,
      PRIMARY KEY (organization_id, id),
      UNIQUE (organization_id, audience_id, name),
      FOREIGN KEY (organization_id, audience_id, version) REFERENCES audience_copies
    )`
  // What is forgotten, whoever's it is.
  yield* sql`CREATE INDEX audience_versions_published_at_idx ON audience_versions (published_at)`
})

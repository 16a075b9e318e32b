import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE audience_blocks (
      organization_id uuid NOT NULL,
      audience_id uuid NOT NULL,
      -- The consumers with ordinals block * 65536 to block * 65536 + 65535.
      block integer NOT NULL,
      -- 65,536 bits, the lowest of each byte first, as get_bit counts them. A block without members has no row.
      bits bytea NOT NULL CHECK (length(bits) = 8192),
      member_count integer NOT NULL CHECK (member_count > 0),
      PRIMARY KEY (organization_id, audience_id, block),
      FOREIGN KEY (organization_id, audience_id) REFERENCES audiences
    )`
  yield* sql`
    CREATE TABLE audience_versions (
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
    CREATE TABLE audience_version_blocks (
      organization_id uuid NOT NULL,
      audience_id uuid NOT NULL,
      version bigint NOT NULL,
      block integer NOT NULL,
      -- Who changed sides in this version: 8192 bytes are a bitset, anything shorter a list of 16-bit ordinals within the block.
      changed bytea NOT NULL,
      PRIMARY KEY (organization_id, audience_id, version, block),
      FOREIGN KEY (organization_id, audience_id, version) REFERENCES audience_versions
    )`
  yield* sql`
    CREATE TABLE static_members (
      organization_id uuid NOT NULL,
      audience_id uuid NOT NULL,
      ordinal integer NOT NULL,
      -- manual, import:<id>, sync:<id>
      source text NOT NULL,
      since timestamptz(3) NOT NULL,
      PRIMARY KEY (organization_id, audience_id, ordinal),
      FOREIGN KEY (organization_id, audience_id) REFERENCES audiences
    )`
})

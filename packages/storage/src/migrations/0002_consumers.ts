import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE sync_sources (
      organization_id uuid NOT NULL REFERENCES organizations,
      id uuid NOT NULL,
      sync_source text NOT NULL,
      sync_source_id text NOT NULL,
      sync_status text NOT NULL DEFAULT 'PENDING' CHECK (sync_status IN ('PENDING', 'SUCCESS', 'FAILED')),
      last_synced_at timestamptz(3),
      source_data jsonb,
      archived boolean NOT NULL DEFAULT false,
      created_at timestamptz(3) NOT NULL,
      created_by text NOT NULL,
      updated_at timestamptz(3),
      updated_by text,
      PRIMARY KEY (organization_id, id)
    )`
  // Instants are kept to the millisecond, as they travel: what a rule or a cursor names is what is stored.
  yield* sql`
    CREATE TABLE consumers (
      organization_id uuid NOT NULL REFERENCES organizations,
      id uuid NOT NULL,
      -- Given once, never reused; rises with the id, so that the order of ids is the order of ordinals.
      ordinal integer NOT NULL CHECK (ordinal >= 0),
      email text,
      email_folded text COLLATE "C",
      email_domain_folded text COLLATE "C",
      email_verified boolean NOT NULL,
      phone text COLLATE "C",
      phone_verified boolean NOT NULL,
      full_name text,
      full_name_folded text COLLATE "C",
      status text NOT NULL CHECK (status IN ('ACTIVE', 'INACTIVE')),
      sms_opt_out boolean NOT NULL DEFAULT false,
      activity_score double precision NOT NULL DEFAULT 0,
      engaged_count double precision NOT NULL DEFAULT 0,
      loyalty_balance double precision NOT NULL DEFAULT 0,
      loyalty_lifetime_points double precision NOT NULL DEFAULT 0,
      monetary_score double precision NOT NULL DEFAULT 0,
      purchase_frequency_score double precision NOT NULL DEFAULT 0,
      total_engagements double precision NOT NULL DEFAULT 0,
      total_messages double precision NOT NULL DEFAULT 0,
      total_orders double precision NOT NULL DEFAULT 0,
      total_returns double precision NOT NULL DEFAULT 0,
      activity_rank smallint NOT NULL DEFAULT 0 CHECK (activity_rank BETWEEN 0 AND 5),
      monetary_rank smallint NOT NULL DEFAULT 0 CHECK (monetary_rank BETWEEN 0 AND 5),
      purchase_frequency_rank smallint NOT NULL DEFAULT 0 CHECK (purchase_frequency_rank BETWEEN 0 AND 5),
      aov numeric(20, 8) NOT NULL DEFAULT 0 CHECK (aov >= 0),
      ltv numeric(20, 8) NOT NULL DEFAULT 0 CHECK (ltv >= 0),
      activity_score_updated_at timestamptz(3),
      last_engaged_at timestamptz(3),
      last_geo_at timestamptz(3),
      last_login_at timestamptz(3),
      last_order_at timestamptz(3),
      last_return_at timestamptz(3),
      loyalty_last_activity_at timestamptz(3),
      monetary_score_updated_at timestamptz(3),
      purchase_frequency_score_updated_at timestamptz(3),
      last_geo_city text,
      last_geo_city_folded text COLLATE "C",
      last_geo_country text,
      last_geo_country_folded text COLLATE "C",
      last_geo_postal_code text,
      last_geo_postal_code_folded text COLLATE "C",
      last_geo_region text,
      last_geo_region_folded text COLLATE "C",
      last_geo_source text,
      last_geo_source_folded text COLLATE "C",
      last_geo_timezone text,
      last_geo_timezone_folded text COLLATE "C",
      last_geo_latitude double precision,
      last_geo_longitude double precision,
      metadata jsonb,
      -- The same with every text folded; what rules compare.
      metadata_folded jsonb,
      primary_external_id text,
      primary_external_id_folded text COLLATE "C",
      primary_source_vendor text,
      primary_source_vendor_folded text COLLATE "C",
      primary_sync_source_id uuid,
      primary_last_synced_at timestamptz(3),
      archived boolean NOT NULL DEFAULT false,
      created_at timestamptz(3) NOT NULL,
      -- Our own names of actors: lower-case ASCII, so already folded.
      created_by text NOT NULL COLLATE "C" CHECK (created_by = lower(created_by)),
      updated_at timestamptz(3),
      updated_by text COLLATE "C" CHECK (updated_by = lower(updated_by)),
      PRIMARY KEY (organization_id, id),
      UNIQUE (organization_id, ordinal),
      CHECK ((last_geo_latitude IS NULL) = (last_geo_longitude IS NULL))
    )`
  // Archived consumers free their identifiers.
  yield* sql`CREATE UNIQUE INDEX consumers_email_folded_idx ON consumers (organization_id, email_folded) WHERE NOT archived`
  yield* sql`CREATE UNIQUE INDEX consumers_phone_idx ON consumers (organization_id, phone) WHERE NOT archived`
  yield* sql`CREATE UNIQUE INDEX consumers_primary_external_id_folded_idx ON consumers (organization_id, primary_external_id_folded) WHERE NOT archived`
  yield* sql`CREATE INDEX consumers_created_at_id_idx ON consumers (organization_id, created_at, id)`
  yield* sql`
    CREATE TABLE consumer_counters (
      organization_id uuid PRIMARY KEY REFERENCES organizations,
      next_ordinal integer NOT NULL DEFAULT 0,
      -- Milliseconds in the last id given: they never run backwards, whatever the clocks do.
      last_id_millis bigint NOT NULL DEFAULT 0
    )`
  // The i-th id of one allotment: UUID version 7 with a 30-bit counter behind the milliseconds (RFC 9562 §6.2, method 1) and 44 random bits.
  yield* sql`
    CREATE FUNCTION consumer_id(millis bigint, i integer) RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
      SELECT (
        lpad(to_hex(millis), 12, '0')
        || '7' || lpad(to_hex(i >> 18), 3, '0')
        || to_hex(8 | ((i >> 16) & 3))
        || lpad(to_hex(i & 65535), 4, '0')
        || right(replace(gen_random_uuid()::text, '-', ''), 11)
      )::uuid
    $$`
  // Allots n consecutive ordinals. Locks the organization's counter until the transaction ends: call it late.
  yield* sql`
    CREATE FUNCTION allot_consumers(organization uuid, n integer) RETURNS TABLE (first_ordinal integer, id_millis bigint) LANGUAGE sql AS $$
      INSERT INTO consumer_counters AS c (organization_id, next_ordinal, last_id_millis)
      VALUES (organization, n, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
      ON CONFLICT (organization_id) DO UPDATE SET
        next_ordinal = c.next_ordinal + n,
        last_id_millis = greatest(c.last_id_millis + 1, EXCLUDED.last_id_millis)
      RETURNING c.next_ordinal - n, c.last_id_millis
    $$`
})

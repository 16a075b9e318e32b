import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    ALTER TABLE imports
      ADD COLUMN mode text NOT NULL DEFAULT 'upsert' CHECK (mode IN ('upsert', 'create', 'update')),
      -- Counts and reports as an import would, and writes no consumer and no member.
      ADD COLUMN dry_run boolean NOT NULL DEFAULT false,
      -- What columns of the file are, where their names do not say it: {"column": "field"}. Null: nothing was said.
      ADD COLUMN mapping jsonb,
      -- Data rows of the file that are in import_rows. All of them are once total_rows is known.
      ADD COLUMN staged_rows bigint NOT NULL DEFAULT 0,
      -- Bytes of the file that were read for them.
      ADD COLUMN staged_bytes bigint NOT NULL DEFAULT 0,
      -- The columns of import_rows that any of them fills.
      ADD COLUMN staged_columns text[] NOT NULL DEFAULT '{}',
      -- Which rows are the same person is known, and is in import_rows.
      ADD COLUMN deduplicated boolean NOT NULL DEFAULT false,
      -- How often in a row it was begun without coming further.
      ADD COLUMN attempts integer NOT NULL DEFAULT 0`
  // The data rows of a file while it is imported, as the columns of consumers that they fill (null: nothing is said). No foreign key
  // here, nor in the tables below: it would be checked for millions of rows.
  yield* sql`
    CREATE TABLE import_rows AS
    SELECT organization_id, id AS import_id, NULL::bigint AS row_number, NULL::bigint AS line, NULL::jsonb AS issues, NULL::bigint AS winner_line,
      email, email_folded, email_domain_folded, email_verified, phone, phone_verified, full_name, full_name_folded, status, sms_opt_out,
      activity_score, engaged_count, loyalty_balance, loyalty_lifetime_points, monetary_score, purchase_frequency_score,
      total_engagements, total_messages, total_orders, total_returns, activity_rank, monetary_rank, purchase_frequency_rank, aov, ltv,
      activity_score_updated_at, last_engaged_at, last_geo_at, last_login_at, last_order_at, last_return_at, loyalty_last_activity_at,
      monetary_score_updated_at, purchase_frequency_score_updated_at,
      last_geo_city, last_geo_city_folded, last_geo_country, last_geo_country_folded, last_geo_postal_code, last_geo_postal_code_folded,
      last_geo_region, last_geo_region_folded, last_geo_source, last_geo_source_folded, last_geo_timezone, last_geo_timezone_folded,
      last_geo_latitude, last_geo_longitude, metadata, metadata_folded, primary_external_id, primary_external_id_folded
    FROM consumers WITH NO DATA`
  yield* sql`
    ALTER TABLE import_rows
      ALTER COLUMN line SET NOT NULL,
      -- Data rows are counted from 1, without the header; lines as an editor shows them.
      ADD PRIMARY KEY (organization_id, import_id, row_number)`
  yield* sql`COMMENT ON COLUMN import_rows.issues IS 'Why the row is rejected; null: it is not.'`
  yield* sql`COMMENT ON COLUMN import_rows.winner_line IS 'The last line of the same person, which says all that the earlier ones say and it does not contradict. Null: the row is the last, or the only one.'`
  // Identifiers that a stored consumer gives up in one row of a file and that row_number takes over: let go of before they are taken.
  yield* sql`
    CREATE TABLE import_releases (
      organization_id uuid NOT NULL,
      import_id uuid NOT NULL,
      row_number bigint NOT NULL,
      identifier text NOT NULL CHECK (identifier IN ('email', 'phone', 'externalId')),
      PRIMARY KEY (organization_id, import_id, row_number, identifier)
    )`
  // Rows after which another of the same person followed: what of both is the last one's.
  yield* sql`
    CREATE TABLE import_duplicates (
      organization_id uuid NOT NULL,
      import_id uuid NOT NULL,
      -- As an editor shows them; the header is line 1.
      line bigint NOT NULL,
      winner_line bigint NOT NULL,
      PRIMARY KEY (organization_id, import_id, line)
    )`
  // What an import wrote, so that it can be undone. A consumer that it found as the file has it is not here, and whom it added to the
  // audience is in static_members, with import:<id> as the source.
  yield* sql`
    CREATE TABLE import_changes (
      organization_id uuid NOT NULL,
      import_id uuid NOT NULL,
      -- Of the consumer.
      ordinal integer NOT NULL,
      -- Null: the import created the consumer. Else the columns of consumers that it may have changed, by name, as they were before.
      before jsonb,
      -- coalesce(updated_at, created_at) of the consumer as the import left it: if it still is, nobody has written the consumer since.
      written_at timestamptz(3) NOT NULL,
      PRIMARY KEY (organization_id, import_id, ordinal)
    )`
  // The last value that is not null, and objects laid over one another, in the order that the aggregate is called with.
  yield* sql`CREATE FUNCTION later(anyelement, anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT $2'`
  yield* sql`CREATE AGGREGATE latest(anyelement) (sfunc = later, stype = anyelement)`
  yield* sql`CREATE AGGREGATE overlay_objects(jsonb) (sfunc = jsonb_concat, stype = jsonb)`
  // What the scheduler looks for, over all organizations: imports that go on, and ended ones whose rows are still here.
  yield* sql`DROP INDEX imports_processing_idx`
  yield* sql`CREATE INDEX imports_unfinished_idx ON imports (organization_id, id) WHERE status = 'PROCESSING' OR staged_rows > 0`
})

import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE orders (
      organization_id uuid NOT NULL,
      -- The seller's own.
      order_id text NOT NULL COLLATE "C",
      -- Of the consumer.
      ordinal integer NOT NULL,
      total numeric(20, 8) NOT NULL CHECK (total >= 0),
      ordered_at timestamptz(3) NOT NULL,
      created_at timestamptz(3) NOT NULL,
      created_by text NOT NULL,
      updated_at timestamptz(3),
      updated_by text,
      PRIMARY KEY (organization_id, order_id),
      FOREIGN KEY (organization_id, ordinal) REFERENCES consumers (organization_id, ordinal)
    )`
  yield* sql`CREATE INDEX orders_ordinal_idx ON orders (organization_id, ordinal, ordered_at)`
  // The latest order that is known of a consumer by other means than orders recorded here.
  yield* sql`
    CREATE TABLE order_baselines (
      organization_id uuid NOT NULL,
      ordinal integer NOT NULL,
      last_order_at timestamptz(3),
      PRIMARY KEY (organization_id, ordinal),
      FOREIGN KEY (organization_id, ordinal) REFERENCES consumers (organization_id, ordinal)
    )`
  // Half to even in the eighth digit: PostgreSQL's own round() rounds half away from zero.
  yield* sql`
    CREATE FUNCTION average_order_value(ltv numeric, orders numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
      SELECT CASE WHEN orders <= 0 THEN 0 ELSE (
        SELECT least(999999999999.99999999, (
          whole + CASE WHEN 2 * rest > orders OR (2 * rest = orders AND mod(whole, 2) = 1) THEN 1 ELSE 0 END
        ) / 100000000)
        FROM (SELECT div(ltv * 100000000, orders), mod(ltv * 100000000, orders)) AS division (whole, rest)
      ) END
    $$`
  yield* sql`
    CREATE TABLE activities (
      organization_id uuid NOT NULL,
      id uuid NOT NULL,
      ordinal integer NOT NULL,
      occurred_at timestamptz(3) NOT NULL,
      -- As it travels, without what the other columns say.
      activity jsonb NOT NULL,
      created_at timestamptz(3) NOT NULL,
      created_by text NOT NULL,
      PRIMARY KEY (organization_id, id),
      FOREIGN KEY (organization_id, ordinal) REFERENCES consumers (organization_id, ordinal)
    )`
  yield* sql`CREATE INDEX activities_ordinal_idx ON activities (organization_id, ordinal, occurred_at, id)`
  yield* sql`
    CREATE TABLE loyalty_transactions (
      organization_id uuid NOT NULL,
      id uuid NOT NULL,
      ordinal integer NOT NULL,
      txn_type text NOT NULL,
      points_delta double precision NOT NULL,
      occurred_at timestamptz(3) NOT NULL,
      bucket_expires_on date,
      source_type text,
      source_description text,
      metadata jsonb,
      created_at timestamptz(3) NOT NULL,
      created_by text NOT NULL,
      PRIMARY KEY (organization_id, id),
      FOREIGN KEY (organization_id, ordinal) REFERENCES consumers (organization_id, ordinal)
    )`
  yield* sql`CREATE INDEX loyalty_transactions_ordinal_idx ON loyalty_transactions (organization_id, ordinal, occurred_at, id)`
})

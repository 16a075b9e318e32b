import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE changes (
      organization_id uuid NOT NULL REFERENCES organizations,
      position bigint NOT NULL,
      -- The consumers that one transaction touched.
      ordinals integer[] NOT NULL,
      -- The consumer fields that may have changed, by their names in the contract; null = all of them (a new or archived consumer).
      fields text[],
      -- Set when what changed is the chosen membership of this audience, not the consumers themselves.
      audience_id uuid,
      changed_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (organization_id, position)
    )`
  // The last statement of every transaction that changes a consumer or a chosen membership. The lock makes positions of one
  // organization become visible in their order, which a sequence does not: who reads up to P has seen everything up to P.
  yield* sql`
    CREATE FUNCTION record_change(organization uuid, changed_ordinals integer[], changed_fields text[], changed_audience uuid)
    RETURNS bigint LANGUAGE plpgsql AS $$
    DECLARE
      next_position bigint;
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended('changes:' || organization::text, 0));
      SELECT coalesce(max(position), 0) + 1 INTO next_position FROM changes WHERE organization_id = organization;
      INSERT INTO changes (organization_id, position, ordinals, fields, audience_id)
      VALUES (organization, next_position, changed_ordinals, changed_fields, changed_audience);
      RETURN next_position;
    END $$`
})

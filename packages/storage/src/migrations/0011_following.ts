import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** The instants that relative rules may name; `created_at` has an index since 0002. */
const instants = [
  "activity_score_updated_at",
  "last_engaged_at",
  "last_geo_at",
  "last_login_at",
  "last_order_at",
  "last_return_at",
  "loyalty_last_activity_at",
  "monetary_score_updated_at",
  "primary_last_synced_at",
  "purchase_frequency_score_updated_at",
  "updated_at"
]

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // Its row lock is the publication lock of the organization: whoever evaluates for DYNAMIC audiences and publishes holds it.
  yield* sql`
    CREATE TABLE membership_publishers (
      organization_id uuid PRIMARY KEY REFERENCES organizations,
      -- The process that publishes what is written, and until when nobody else does, by the database's clock.
      holder uuid,
      lease_until timestamptz(3),
      -- DYNAMIC audiences that are evaluated by their present rules reflect every change up to this position of the feed,
      followed_position bigint NOT NULL DEFAULT 0,
      -- and every boundary of a relative rule that somebody passed up to this instant.
      followed_until timestamptz(3) NOT NULL,
      -- When the next one is passed, by the changes so far; null: never.
      next_flip_at timestamptz(3)
    )`
  yield* sql`
    CREATE FUNCTION add_membership_publisher() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO membership_publishers (organization_id, followed_until) VALUES (NEW.id, clock_timestamp());
      RETURN NULL;
    END $$`
  yield* sql`
    CREATE TRIGGER organizations_publisher AFTER INSERT ON organizations FOR EACH ROW EXECUTE FUNCTION add_membership_publisher()`
  // What was written or has passed before is in what follows: every audience is evaluated once more.
  yield* sql`
    INSERT INTO membership_publishers (organization_id, followed_position, followed_until)
    SELECT o.id, coalesce((SELECT max(position) FROM changes c WHERE c.organization_id = o.id), 0), clock_timestamp() FROM organizations o`
  yield* sql`UPDATE audiences SET refreshes_requested = refreshes_requested + 1 WHERE type = 'DYNAMIC' AND NOT archived`
  for (const column of instants) {
    yield* sql.unsafe(
      `CREATE INDEX consumers_${column}_idx ON consumers (organization_id, ${column}) WHERE ${column} IS NOT NULL AND NOT archived`
    )
  }
  yield* sql`ALTER TABLE changes ADD COLUMN cause text NOT NULL DEFAULT 'write'`
  yield* sql`DROP FUNCTION record_change(uuid, integer[], text[], uuid)`
  // As in 0005, with what the change came from: write, import …
  yield* sql`
    CREATE FUNCTION record_change(
      organization uuid, changed_ordinals integer[], changed_fields text[], changed_audience uuid, change_cause text DEFAULT 'write')
    RETURNS bigint LANGUAGE plpgsql AS $$
    DECLARE
      next_position bigint;
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended('changes:' || organization::text, 0));
      SELECT coalesce(max(position), 0) + 1 INTO next_position FROM changes WHERE organization_id = organization;
      INSERT INTO changes (organization_id, position, ordinals, fields, audience_id, cause)
      VALUES (organization, next_position, changed_ordinals, changed_fields, changed_audience, change_cause);
      RETURN next_position;
    END $$`
})

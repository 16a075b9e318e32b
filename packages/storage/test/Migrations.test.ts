import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { freshOrganization, PostgresTest } from "../../../tools/vitest/PostgresTest.ts"

layer(PostgresTest)("Migrations", (it) => {
  it.effect("every primary key and unique index leads with the organization", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const rows = yield* sql<{ name: string }>`
        SELECT i.indexrelid::regclass::text AS name
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
        WHERE n.nspname = 'public' AND i.indisunique AND a.attname <> 'organization_id'
        ORDER BY 1`
      // Organizations themselves, keys by their hash, and the migrator's own table.
      assert.deepStrictEqual(
        rows.map((row) => row.name),
        ["api_keys_pkey", "effect_sql_migrations_pkey", "organizations_pkey"]
      )
    })
  )

  it.effect("every instant is kept to the millisecond", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const rows = yield* sql<{ name: string }>`
        SELECT table_name || '.' || column_name AS name FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type = 'timestamp with time zone' AND datetime_precision <> 3 ORDER BY 1`
      assert.deepStrictEqual(
        rows.map((row) => row.name),
        ["effect_sql_migrations.created_at"]
      )
    })
  )

  it.effect("allots ordinals without gaps and ids that rise with them", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const organizationId = yield* freshOrganization
      const rows = yield* sql<{ ordinal: number; id: string }>`
        WITH a AS (SELECT * FROM allot_consumers(${organizationId}::uuid, 70000)), b AS (SELECT * FROM allot_consumers(${organizationId}::uuid, 3))
        SELECT first_ordinal + i AS ordinal, consumer_id(id_millis, i) AS id FROM a, generate_series(0, 69999) i`
      const more = yield* sql<{ ordinal: number; id: string }>`
        WITH a AS (SELECT * FROM allot_consumers(${organizationId}::uuid, 3))
        SELECT first_ordinal + i AS ordinal, consumer_id(id_millis, i) AS id FROM a, generate_series(0, 2) i`
      const all = [...rows, ...more]
      assert.deepStrictEqual(
        all.map((row) => row.ordinal),
        all.map((_, i) => i)
      )
      assert.deepStrictEqual(
        all.map((row) => row.id),
        all.map((row) => row.id).sort()
      )
      assert.isTrue(
        all.every((row) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(row.id))
      )
    })
  )
})

import { readFreshness } from "@audiences/storage/memberships/Freshness"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { freshOrganization, PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"
import { insertPeople } from "../People.ts"

layer(PostgresTest)("Freshness", (it) => {
  it.effect("ends before the first write or boundary that is not followed", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const organizationId = yield* freshOrganization
      const now = DateTime.makeUnsafe("2026-01-31T00:00:00.000Z")
      const read = readFreshness(sql, organizationId, now)
      const setPublisher = (position: number, nextFlipAt: string | null) => sql`
        UPDATE membership_publishers SET followed_position = ${position}::bigint, next_flip_at = ${nextFlipAt}::text::timestamptz
        WHERE organization_id = ${organizationId}::uuid`
      assert.deepStrictEqual(yield* read, { asOf: now, pending: false })
      yield* insertPeople(organizationId, [{}])
      yield* insertPeople(organizationId, [{}])
      yield* sql`
        UPDATE changes SET changed_at = '2026-01-30T00:00:00Z'::timestamptz + position * interval '1 second'
        WHERE organization_id = ${organizationId}::uuid`
      const writes = DateTime.makeUnsafe("2026-01-30T00:00:01.999Z")
      yield* setPublisher(1, "2026-01-30T12:00:00.000Z")
      assert.deepStrictEqual(yield* read, { asOf: writes, pending: true })
      yield* setPublisher(2, "2026-01-30T12:00:00.000Z")
      assert.deepStrictEqual(yield* read, { asOf: DateTime.makeUnsafe("2026-01-30T11:59:59.999Z"), pending: true })
      yield* setPublisher(2, "2026-01-31T00:00:00.001Z")
      assert.deepStrictEqual(yield* read, { asOf: now, pending: false })
    })
  )
})

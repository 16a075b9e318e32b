import { Consumers } from "@audiences/engine/consumers/Consumers"
import { fromOffsets } from "@audiences/engine/memberships/Block"
import { ConsumerRepoSql } from "@audiences/storage/consumers/ConsumerRepoSql"
import { DatabaseClockSql } from "@audiences/storage/DatabaseClockSql"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { freshOrganization, PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"

const TestLayer = Consumers.layer.pipe(
  Layer.provide([ConsumerRepoSql, DatabaseClockSql]),
  Layer.provideMerge(PostgresTest)
)

const audienceId = "0190a000-0000-7000-8000-00000000a001"

layer(TestLayer)("the list of an audience's consumers", (it) => {
  it.effect("is the same whether its members are few or many, in every order", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const consumers = yield* Consumers
      const organizationId = yield* freshOrganization
      const made = yield* consumers.batch(
        { organizationId, name: "test" },
        {
          consumers: Array.from({ length: 40 }, (_, i) => ({
            ...(i % 3 === 0 ? {} : { email: `c${(i * 7) % 40}@example.com` }),
            fullName: `Name ${i}`,
            ltv: `${i % 5}`,
            emailVerified: false,
            phoneVerified: false,
            status: "ACTIVE" as const
          }))
        }
      )
      const offsets = made.flatMap((_, i) => (i % 2 === 0 || i > 30 ? [i] : []))
      yield* sql`
        INSERT INTO audiences (organization_id, id, name, name_folded, type, created_at, created_by)
        VALUES (${organizationId}::uuid, ${audienceId}::uuid, 'A', 'a', 'STATIC_LIST', now(), 'test')`
      yield* sql`
        INSERT INTO audience_blocks (organization_id, audience_id, block, bits, member_count)
        VALUES (${organizationId}::uuid, ${audienceId}::uuid, 0, ${fromOffsets(offsets)}::bytea, ${offsets.length}::int)`
      yield* consumers.archive({ organizationId, name: "test" }, made[2]!.id)
      const members = offsets.filter((i) => i !== 2).map((i) => made[i]!.id)

      const walk = Effect.fnUntraced(function* (
        sortBy: "createdAt" | "email" | "fullName" | "ltv",
        sortDir: "asc" | "desc"
      ) {
        const ids: Array<string> = []
        for (let after: string | null | undefined; after !== null;) {
          const page = yield* consumers.list(organizationId, {
            audienceId,
            sortBy,
            sortDir,
            first: 3,
            ...(after === undefined ? {} : { after })
          })
          ids.push(...page.data.map(({ id }) => id))
          after = page.pageInfo.endCursor
        }
        return ids
      })
      for (const sortBy of ["createdAt", "email", "fullName", "ltv"] as const) {
        for (const sortDir of ["asc", "desc"] as const) {
          const counted = (count: number) =>
            Effect.andThen(
              sql`UPDATE audiences SET member_count = ${count}::bigint WHERE organization_id = ${organizationId}::uuid`,
              walk(sortBy, sortDir)
            )
          const few = yield* counted(offsets.length)
          assert.sameMembers(few, members)
          assert.deepStrictEqual(yield* counted(1_000_000), few)
        }
      }
    })
  )
})

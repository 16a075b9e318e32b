import { AuditRepo } from "@audiences/engine/audit/AuditRepo"
import { audit } from "@audiences/storage/audit/Audit"
import { AuditRepoSql } from "@audiences/storage/audit/AuditRepoSql"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { freshOrganization, PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"

layer(AuditRepoSql.pipe(Layer.provideMerge(PostgresTest)))("the audit log", (it) => {
  it.effect("forgets what an organization keeps no longer, and nothing else", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const repo = yield* AuditRepo
      const now = DateTime.makeUnsafe("2026-06-30T12:00:00Z")
      const month = yield* freshOrganization
      const forever = yield* freshOrganization
      yield* sql`UPDATE organizations SET audit_retention_days = 30 WHERE id = ${month}::uuid`
      yield* sql`UPDATE organizations SET audit_retention_days = NULL WHERE id = ${forever}::uuid`
      for (const organizationId of [month, forever]) {
        for (const days of [0, 29, 30, 31]) {
          const at = DateTime.subtract(now, { days })
          const change = { action: "audiences.archive", subjectType: "audience", subjectId: `${days}` } as const
          yield* audit(sql, { organizationId, name: "test" }, at, change)
        }
      }
      yield* repo.prune(now)
      const request = { sortBy: "createdAt", sortDir: "desc", size: 20, backwards: false, from: null } as const
      const left = (organizationId: typeof month) =>
        Effect.map(repo.list(organizationId, {}, request), ({ data }) => data.map(({ subjectId }) => subjectId))
      assert.deepStrictEqual(yield* left(month), ["0", "29", "30"])
      assert.deepStrictEqual(yield* left(forever), ["0", "29", "30", "31"])
    })
  )
})

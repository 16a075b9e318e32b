import { Postgres } from "@audiences/storage/postgres/Postgres"
import { OrganizationId } from "@audiences/domain/Organization"
import { Uuid } from "@audiences/domain/Uuid"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { inject } from "vitest"

/** The SQL client of the test run's database. */
export const PostgresTest = Postgres({ url: Redacted.make(inject("postgresUrl")), maxConnections: 10 })

/** A new, empty organization: tests of one database do not see each other. */
export const freshOrganization = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const id = OrganizationId.make(yield* yield* Uuid)
  yield* sql`
    INSERT INTO organizations (id, name, mode, upload_secret, created_at)
    VALUES (${id}, 'Test', 'live', '\\x00', now())`.pipe(Effect.orDie)
  return id
})

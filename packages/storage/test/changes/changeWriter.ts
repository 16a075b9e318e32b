// Takes the next position of an organization's feed, says so, and never commits.
import { Postgres } from "@audiences/storage/postgres/Postgres"
import { Console, Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"

const [, , url, organizationId] = process.argv

const program = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql.withTransaction(
    Effect.gen(function* () {
      yield* sql`SELECT record_change(${organizationId!}::uuid, ARRAY[666], NULL, NULL)`
      yield* Console.log("recorded")
      yield* Effect.never
    })
  )
})

await Effect.runPromise(Effect.provide(program, Postgres({ url: Redacted.make(url!), maxConnections: 1 })))

/* eslint-disable @nx/enforce-module-boundaries -- Vitest loads a global setup without the export conditions that lead to sources. */
import { EmbeddedPostgres } from "../../packages/storage/src/postgres/EmbeddedPostgres.ts"
import { Postgres } from "../../packages/storage/src/postgres/Postgres.ts"
import { Migrations } from "../../packages/storage/src/Migrations.ts"
import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { randomBytes } from "node:crypto"
import { chmod, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestProject } from "vitest/node"

declare module "vitest" {
  export interface ProvidedContext {
    /** A migrated database of this test run's own. Tests use fresh organizations, not fresh databases. */
    readonly postgresUrl: string
  }
}

const databaseOf = (url: string, name: string): string => {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}

/** Gives a test run a database: on `AUDIENCES_TEST_DATABASE_URL`, else on an embedded server of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const external = process.env.AUDIENCES_TEST_DATABASE_URL
  const directory = await mkdtemp(join(tmpdir(), "audiences-test-"))
  await chmod(directory, 0o755)
  const scope = Scope.makeUnsafe()
  const name = `test_${randomBytes(6).toString("hex")}`
  const server =
    external ??
    (await Effect.runPromise(
      Layer.buildWithScope(EmbeddedPostgres.layer({ dataDir: directory }), scope).pipe(
        Effect.flatMap((context) =>
          Effect.map(Effect.provideContext(EmbeddedPostgres, context), ({ url }) => Redacted.value(url))
        )
      )
    ))
  const run = <A, E>(url: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
    Effect.runPromise(Effect.provide(effect, Postgres({ url: Redacted.make(url), maxConnections: 2 })))
  await run(
    server,
    Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(`CREATE DATABASE ${name}`))
  )
  const url = databaseOf(server, name)
  await run(url, Layer.build(Migrations).pipe(Effect.scoped))
  project.provide("postgresUrl", url)

  return async () => {
    if (external !== undefined) {
      await run(
        server,
        Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`))
      )
    }
    await Effect.runPromise(Scope.close(scope, Exit.void))
    await rm(directory, { recursive: true, force: true })
  }
}

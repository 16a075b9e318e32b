import type { OrganizationId } from "@audiences/domain/Organization"
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { fileURLToPath } from "node:url"
import { inject } from "vitest"
import { freshOrganization, PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"
import { childProgram } from "../ChildProgram.ts"

const changeWriter = fileURLToPath(new URL("changeWriter.ts", import.meta.url))

const record = (organizationId: OrganizationId, ordinal: number) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`SELECT record_change(${organizationId}::uuid, ARRAY[${ordinal}::int], NULL, NULL)`
  )

/** What a reader sees behind a position. */
const behind = (organizationId: OrganizationId, position: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<{ position: number; ordinals: Array<number> }>`
      SELECT position::int, ordinals FROM changes
      WHERE organization_id = ${organizationId} AND position > ${position} ORDER BY position`
    return rows.map((row) => ({ position: row.position, ordinal: row.ordinals[0]! }))
  })

layer(PostgresTest, { excludeTestServices: true })("Change feed", (it) => {
  it.effect("shows every change to a reader who goes by position, however transactions overlap", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const organizationId = yield* freshOrganization
      const writers = 6
      const each = 40
      const write = (ordinal: number) =>
        sql
          .withTransaction(
            Effect.gen(function* () {
              // Begun in one order, ended in another.
              yield* sql`SELECT pg_sleep(${Math.random() * 0.004}::float8)`
              yield* record(organizationId, ordinal)
              yield* sql`SELECT pg_sleep(${Math.random() * 0.002}::float8)`
              if (ordinal % 10 === 7) return yield* Effect.fail("rolled back" as const)
            })
          )
          .pipe(
            Effect.catchIf(
              (error) => error === "rolled back",
              () => Effect.void
            )
          )
      const writing = yield* Effect.forkChild(
        Effect.forEach(
          Array.from({ length: writers }, (_, writer) => writer),
          (writer) =>
            Effect.forEach(
              Array.from({ length: each }, (_, i) => writer * each + i),
              write,
              { discard: true }
            ),
          { concurrency: writers, discard: true }
        )
      )
      const seen: Array<{ readonly position: number; readonly ordinal: number }> = []
      const read = Effect.gen(function* () {
        seen.push(...(yield* behind(organizationId, seen[seen.length - 1]?.position ?? 0)))
      })
      while (writing.pollUnsafe() === undefined) yield* read
      yield* Fiber.join(writing)
      yield* read
      // No gap for what was rolled back, nothing twice, and nothing that became visible behind the reader.
      assert.deepStrictEqual(
        seen.map(({ position }) => position),
        seen.map((_, i) => i + 1)
      )
      const committed = Array.from({ length: writers * each }, (_, i) => i).filter((ordinal) => ordinal % 10 !== 7)
      assert.deepStrictEqual(
        seen.map(({ ordinal }) => ordinal).sort((a, b) => a - b),
        committed
      )
    })
  )

  it.effect("does not make the writers of one organization wait for another's", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const [one, two] = [yield* freshOrganization, yield* freshOrganization]
      const recorded = yield* Deferred.make<void>()
      const goOn = yield* Deferred.make<void>()
      const waiting = yield* Effect.forkChild(
        sql.withTransaction(
          record(one, 1).pipe(
            Effect.andThen(Deferred.succeed(recorded, undefined)),
            Effect.andThen(Deferred.await(goOn))
          )
        )
      )
      yield* Deferred.await(recorded)
      yield* Effect.timeout(sql.withTransaction(record(two, 2)), "30 seconds")
      yield* Deferred.succeed(goOn, undefined)
      yield* Fiber.join(waiting)
      assert.deepStrictEqual(
        (yield* behind(two, 0)).map(({ ordinal }) => ordinal),
        [2]
      )
    })
  )

  it.effect("goes on when a writer is killed before it commits, without a trace of it", () =>
    Effect.gen(function* () {
      const organizationId = yield* freshOrganization
      yield* record(organizationId, 1)
      const writer = yield* childProgram(changeWriter, [inject("postgresUrl"), organizationId])
      yield* writer.said("recorded")
      const next = yield* Effect.forkChild(record(organizationId, 2))
      yield* Effect.sleep("100 millis")
      assert.isUndefined(next.pollUnsafe())
      assert.deepStrictEqual(yield* behind(organizationId, 1), [])
      yield* writer.kill
      yield* Effect.timeout(Fiber.join(next), "30 seconds")
      yield* record(organizationId, 3)
      assert.deepStrictEqual(
        yield* behind(organizationId, 0),
        [1, 2, 3].map((n) => ({ position: n, ordinal: n }))
      )
    })
  )
})

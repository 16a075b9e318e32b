import { PublicationFeed } from "@audiences/engine/memberships/PublicationFeed"
import { PublicationFeedSql } from "@audiences/storage/memberships/PublicationFeedSql"
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Layer, Ref, References, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { freshOrganization, PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"

const listeners = (sql: SqlClient.SqlClient) =>
  sql<{
    pid: number
  }>`SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%audiences_publications%'`

const Quiet = Layer.succeed(References.MinimumLogLevel, "Error")

layer(PublicationFeedSql.pipe(Layer.provideMerge(PostgresTest), Layer.provideMerge(Quiet)), {
  excludeTestServices: true
})("Publication feed", (it) => {
  it.effect("tells every listener which organization published, also after a lost connection", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { announce, announcements } = yield* PublicationFeed
      const [mine, other] = [yield* freshOrganization, yield* freshOrganization]
      const heard = yield* Ref.make<ReadonlyArray<string>>([])
      const others = new Set((yield* listeners(sql)).map(({ pid }) => pid))
      const listening = yield* announcements.pipe(
        // Other tests publish, too.
        Stream.filter((id) => id === mine || id === other),
        Stream.runForEach((id) => Ref.update(heard, (ids) => [...ids, id])),
        Effect.forkChild
      )
      const untilHeard = (count: number) => Effect.repeat(Ref.get(heard), { until: (ids) => ids.length >= count })
      const ownListeners = Effect.map(listeners(sql), (all) => all.filter(({ pid }) => !others.has(pid)))
      const [first] = yield* Effect.repeat(ownListeners, { until: (rows) => rows.length > 0 })
      yield* announce(mine)
      yield* announce(other)
      assert.deepStrictEqual(yield* untilHeard(2), [mine, other])
      yield* sql`SELECT pg_terminate_backend(${first!.pid}::int)`
      const again = Effect.andThen(announce(other), Effect.sleep("50 millis"))
      yield* Effect.repeat(Effect.andThen(again, Ref.get(heard)), { until: (ids) => ids.length > 2 })
      assert.deepStrictEqual((yield* Ref.get(heard)).slice(0, 3), [mine, other, other])
      yield* Fiber.interrupt(listening)
    })
  )
})

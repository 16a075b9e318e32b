import { assert, layer } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { type Answer, ask, json } from "../Answer.ts"
import { freshKey, TestServer } from "../TestServer.ts"

/** Asks again until the answer is as it should be; the test's own time limit is the only one. */
const until = (path: string, key: string, holds: (answer: Answer) => boolean) =>
  Effect.repeat(ask(`/api${path}`, { key }), { until: holds, schedule: Schedule.spaced("20 millis") })

layer(TestServer, { excludeTestServices: true })("a dynamic audience", (it) => {
  it.effect("follows what is written of consumers, and what time it is, without being asked to", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { key } = yield* freshKey
      const post = (path: string, body: unknown) => ask(`/api${path}`, { key, ...json(body) })
      const create = (rule: object) =>
        Effect.map(
          post("/audiences", { name: "A", type: "DYNAMIC", rules: [{ values: [], ...rule }] }),
          ({ json }): string => json.id
        )
      const buyers = yield* create({ field: "totalOrders", operator: "GREATER_THAN", values: [0] })
      const recent = yield* create({ field: "lastOrderAt", operator: "GREATER_THAN", values: ["-PT10S"] })
      const counts = (audience: string, count: number) =>
        until(`/audiences/${audience}/count`, key, ({ json }) => json.count === count)
      const settled = (audience: string) =>
        until(`/audiences/${audience}/status`, key, ({ json }) => !json.stale && !json.inProgress)
      yield* Effect.forEach([buyers, recent], settled)

      const person = (email: string) => ({ email, emailVerified: false, phoneVerified: false, status: "ACTIVE" })
      const [ada] = (yield* post("/consumers/batch", {
        consumers: [person("ada@example.com"), person("bob@example.com")]
      })).json
      const [{ now } = { now: "" }] = yield* sql<{ now: string }>`
        SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS now`
      yield* post("/orders/batch", {
        orders: [{ orderId: "o1", consumerId: ada.id, orderedAt: now, total: "10" }]
      })
      yield* Effect.forEach([buyers, recent], (audience) => counts(audience, 1))
      // Ten seconds after the order, without any write.
      yield* counts(recent, 0)
      assert.strictEqual((yield* ask(`/api/audiences/${buyers}/count`, { key })).json.count, 1)
      yield* post("/orders/batch", {
        orders: [{ orderId: "o1", email: "bob@example.com", orderedAt: "2026-01-01", total: "10" }]
      })
      yield* until(`/audiences/${buyers}/members`, key, ({ json }) => json.data[0]?.email === "bob@example.com")
      yield* counts(buyers, 1)
      yield* Effect.forEach([buyers, recent], settled)
      const causes = yield* sql<{ cause: string; enteredCount: number; leftCount: number }>`
        SELECT cause, entered_count, left_count FROM audience_versions
        WHERE audience_id = ${recent}::uuid AND version > 1 ORDER BY version`
      assert.deepStrictEqual(causes, [
        { cause: "write", enteredCount: 1, leftCount: 0 },
        { cause: "time", enteredCount: 0, leftCount: 1 }
      ])
    })
  )
})

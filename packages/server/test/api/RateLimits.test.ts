import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { HttpServer } from "effect/http"
import { SqlClient } from "effect/sql"
import { type Answer, ask, json } from "../Answer.ts"
import { freshKey, TestServer, testServer } from "../TestServer.ts"

const absent = "0190a000-0000-7000-8000-00000000ffff"
const names = ["limit", "remaining", "reset"].map((name) => `x-ratelimit-${name}`)
const limitsOf = ({ headers }: Answer) => names.map((name) => headers.get(name))
const none = [null, null, null]

const Limited = testServer({ rateLimit: 1000, gateRateLimit: 0 })

/** A key whose organization has a limit of its own. */
const limitedKey = Effect.fnUntraced(function* (perMinute: number, gatePerMinute: number | null = null) {
  const sql = yield* SqlClient.SqlClient
  const fresh = yield* freshKey
  yield* Effect.orDie(sql`
    UPDATE organizations SET rate_limit_per_minute = ${perMinute}::int, gate_rate_limit_per_minute = ${gatePerMinute}::int
    WHERE id = ${fresh.organizationId}::uuid`)
  return fresh
})

/** Runs again what a new minute disturbed, or what began before the limit was known. */
const withinOneMinute = <R>(run: Effect.Effect<ReadonlyArray<Answer>, never, R>) =>
  run.pipe(
    Effect.repeat({
      until: (answers) => {
        const minutes = new Set(answers.map(({ headers }) => headers.get("x-ratelimit-reset")))
        return minutes.size === 1 && !minutes.has(null)
      }
    })
  )

layer(Limited, { excludeTestServices: true })("rate limits", (it) => {
  it.effect("are told on every answer to a good key, also on refusals and unknown paths", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const answers = [
        yield* ask("/api/audiences", { key }),
        yield* ask("/api/audiences", { key, method: "HEAD" }),
        yield* ask("/api/audiences", { key, method: "OPTIONS" }),
        yield* ask("/api/audiences", { key, ...json("{") }),
        yield* ask(`/api/audiences/${absent}`, { key }),
        yield* ask("/api/nothing", { key }),
        yield* ask("/api/audiences", { key, method: "PATCH" }),
        yield* ask("/api/audiences", { key, method: "POST", body: "a=b", headers: { "content-type": "text/x" } }),
        yield* ask("/api/audiences", { key, ...json(`"${"x".repeat(17 * 1024 * 1024)}"`) })
      ]
      assert.deepStrictEqual(
        answers.map(({ status }) => status),
        [200, 200, 405, 400, 404, 404, 405, 415, 413]
      )
      for (const answer of answers) {
        const [limit, remaining, reset] = limitsOf(answer).map(Number)
        assert.strictEqual(limit, 1000)
        assert.isBelow(remaining!, 1000)
        assert.isAtMost(Math.abs(reset! - Date.now() / 1000), 61)
      }
      assert.strictEqual(answers[8]!.text, '{"error":"Request body too large"}')
    })
  )

  it.effect("are not told without a good key, nor outside of the API", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      assert.deepStrictEqual(limitsOf(yield* ask("/api/audiences")), none)
      assert.deepStrictEqual(limitsOf(yield* ask("/api/audiences", { key: "sk_live_nonsense" })), none)
      for (const path of ["/health/live", "/openapi.json", "/nothing"])
        assert.deepStrictEqual(limitsOf(yield* ask(path, { key })), none, path)
    })
  )

  it.effect("count down to a 429 that says when to come back, whatever is asked for and however it is written", () =>
    Effect.gen(function* () {
      const { key } = yield* limitedKey(6)
      const paths = [
        "/api/audiences",
        "/api//audiences/",
        "/%61pi/audiences",
        "/api/nothing",
        `/api/audiences/${absent}`
      ]
      const answers = yield* withinOneMinute(Effect.forEach([...paths, ...paths], (path) => ask(path, { key })))
      const served = answers.filter(({ status }) => status !== 429)
      assert.isAtMost(served.length, 6)
      for (const { headers, json, status } of answers.slice(-4)) {
        assert.strictEqual(status, 429)
        assert.deepStrictEqual(Object.keys(json), ["error", "retryAfter"])
        assert.strictEqual(json.error, "Rate limit exceeded")
        assert.isTrue(json.retryAfter >= 1 && json.retryAfter <= 60)
        assert.strictEqual(headers.get("retry-after"), String(json.retryAfter))
        assert.strictEqual(headers.get("x-ratelimit-remaining"), "0")
      }
      const scheme = yield* ask("/api/audiences", { headers: { authorization: `BEARER   ${key}` } })
      assert.strictEqual(limitsOf(scheme)[0], "6", "no way to write the key gets past the limit")
    })
  )

  it.effect("are each organization's own", () =>
    Effect.gen(function* () {
      const { key } = yield* limitedKey(1)
      const other = yield* limitedKey(1)
      yield* ask("/api/audiences", { key })
      yield* ask("/api/audiences", { key })
      assert.strictEqual((yield* ask("/api/audiences", { key: other.key })).status, 200)
    })
  )

  it.effect("count the gate's operations by themselves, and not at all unless that is configured", () =>
    Effect.gen(function* () {
      const gate = `/api/audiences/${absent}/members/${absent}`
      const unlimited = yield* limitedKey(1)
      for (let i = 0; i < 5; i++) {
        const answer = yield* ask(gate, { key: unlimited.key })
        assert.deepStrictEqual([answer.status, ...limitsOf(answer)], [404, ...none])
      }
      const { key } = yield* limitedKey(1000, 2)
      const check = ask(`/api/audiences/${absent}/members/check`, { key, ...json({ consumers: [] }) })
      const asked = ask(gate, { key })
      const answers = yield* withinOneMinute(Effect.all([asked, asked, asked, check]))
      assert.strictEqual(answers.at(-1)!.status, 429)
      assert.strictEqual((yield* ask("/api/audiences", { key })).status, 200)
    })
  )

  it.effect("hold for the gate, whether it is answered by the router or ahead of it", () =>
    Effect.gen(function* () {
      const { key } = yield* limitedKey(1000, 20)
      const person = { emailVerified: false, phoneVerified: false, status: "ACTIVE" }
      const { json: people } = yield* ask("/api/consumers/batch", { key, ...json({ consumers: [person] }) })
      const { json: list } = yield* ask("/api/audiences", { key, ...json({ name: "List", type: "STATIC_LIST" }) })
      const gate = `/api/audiences/${list.id}/members/${people[0].id}`
      const answers = yield* withinOneMinute(Effect.forEach(Array.from({ length: 50 }), () => ask(gate, { key })))
      const served = answers.filter(({ status }) => status === 200)
      assert.isAtMost(served.length, 20)
      for (const answer of served) assert.strictEqual(limitsOf(answer)[0], "20")
      assert.strictEqual(answers.at(-1)!.status, 429)
    })
  )

  it.effect("hold over several processes on one database", () =>
    Effect.gen(function* () {
      const other = Context.get(yield* Layer.build(Layer.fresh(Limited)), HttpServer.HttpServer)
      const { key } = yield* limitedKey(50)
      const here = ask("/api/audiences", { key })
      const there = Effect.provideService(here, HttpServer.HttpServer, other)
      const answers = yield* withinOneMinute(
        Effect.all(
          Array.from({ length: 120 }, (_, i) => (i % 2 === 0 ? here : there)),
          { concurrency: 16 }
        )
      )
      assert.isAtMost(answers.filter(({ status }) => status === 200).length, 50)
    })
  )
})

layer(TestServer, { excludeTestServices: true })("a server without a limit", (it) => {
  it.effect("says nothing of limits", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      assert.deepStrictEqual(limitsOf(yield* ask("/api/audiences", { key })), none)
    })
  )
})

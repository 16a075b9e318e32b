import { AudiencesClient } from "@audiences/client/promise"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { HttpServer } from "effect/http"
import { NetAddress } from "effect/net"
import { SqlClient } from "effect/sql"
import { type Answer, ask, json } from "../Answer.ts"
import { freshKey, TestServer } from "../TestServer.ts"

const audience = { name: "Once", type: "STATIC_LIST" }

const post = (path: string, key: string, idempotencyKey: string, body: unknown) => {
  const request = json(body)
  return ask(path, { key, ...request, headers: { ...request.headers, "idempotency-key": idempotencyKey } })
}

const audiencesOf = (key: string) =>
  Effect.map(ask("/api/audiences?first=100", { key }), ({ json }): ReadonlyArray<Answer["json"]> => json.data)

const limit = Effect.fnUntraced(function* (organizationId: string, most: number | null) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE organizations SET rate_limit_per_minute = ${most}::int WHERE id = ${organizationId}::uuid`
})

layer(TestServer, { excludeTestServices: true })("a POST with an idempotency key", (it) => {
  it.effect("is done once, however many copies come at once, and told alike to all who ask again", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const copies = yield* Effect.forEach(
        Array.from({ length: 100 }),
        () => post("/api/audiences", key, "one", audience),
        { concurrency: "unbounded" }
      )
      assert.strictEqual((yield* audiencesOf(key)).length, 1)
      const answered = copies.filter(({ status }) => status === 200)
      const first = answered.find(({ headers }) => headers.get("idempotent-replayed") === null)
      assert.isDefined(first)
      assert.deepStrictEqual(new Set(answered.map(({ text }) => text)), new Set([first.text]))
      for (const copy of copies.filter(({ status }) => status !== 200)) {
        assert.deepStrictEqual([copy.status, copy.headers.get("retry-after")], [409, "1"])
      }
      const again = yield* post("/api/audiences", key, "one", audience)
      assert.deepStrictEqual(
        [again.status, again.text, again.headers.get("idempotent-replayed"), again.headers.get("content-type")],
        [200, first.text, "true", first.headers.get("content-type")]
      )
    })
  )

  it.effect("succeeds for every caller whose client waits as it is told", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const { address } = yield* HttpServer.HttpServer
      const client = new AudiencesClient({
        apiKey: key,
        baseUrl: `${NetAddress.formatUrlUnsafe(address)}/api`,
        fetch: (input, init) => {
          const headers = new Headers(init?.headers)
          if (init?.method === "POST") headers.set("idempotency-key", "shared")
          return fetch(input, { ...init, headers })
        }
      })
      const made = yield* Effect.promise(() =>
        Promise.all(Array.from({ length: 30 }, () => client.audiences.create({ name: "Once", type: "STATIC_LIST" })))
      )
      assert.strictEqual(new Set(made.map(({ id }) => id)).size, 1)
      assert.strictEqual((yield* audiencesOf(key)).length, 1)
    })
  )

  it.effect("is another one with another body, path, organization or without the key", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const { key: stranger } = yield* freshKey
      const first = yield* post("/api/audiences", key, "k", audience)
      const other = yield* post("/api/audiences", key, "k", { ...audience, name: "Other" })
      assert.deepStrictEqual(
        [other.status, other.json, other.headers.get("retry-after")],
        [409, { error: "This Idempotency-Key was used with another body: use a new key" }, null]
      )
      const theirs = yield* post("/api/audiences", stranger, "k", audience)
      assert.strictEqual(theirs.status, 200)
      assert.notStrictEqual(theirs.json.id, first.json.id)
      const path = yield* post(`/api/audiences/${first.json.id}/members`, key, "k", { consumerIds: [] })
      assert.strictEqual(path.headers.get("idempotent-replayed"), null)
      yield* ask("/api/audiences", { key, ...json(audience) })
      yield* ask("/api/audiences", { key, ...json(audience) })
      assert.strictEqual((yield* audiencesOf(key)).length, 3)
    })
  )

  it.effect("keeps refusals of the contract, and forgets those that may turn out otherwise", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const refused = yield* post("/api/audiences", key, "bad", { ...audience, type: "WRONG" })
      const again = yield* post("/api/audiences", key, "bad", { ...audience, type: "WRONG" })
      assert.deepStrictEqual(
        [refused.status, again.status, again.text, again.headers.get("idempotent-replayed")],
        [400, 400, refused.text, "true"]
      )
      assert.strictEqual((yield* post("/api/audiences", "sk_live_wrong", "auth", audience)).status, 401)
      assert.strictEqual((yield* post("/api/audiences", key, "auth", audience)).status, 200)
      for (const _ of [1, 2]) {
        const missing = yield* post("/api/audiences/import/klaviyo", key, "later", { listIds: ["a"] })
        assert.strictEqual(missing.headers.get("idempotent-replayed"), null)
      }
    })
  )

  it.effect("needs a key of 1 to 255 characters", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      assert.strictEqual((yield* post("/api/audiences", key, "k".repeat(255), audience)).status, 200)
      const long = yield* post("/api/audiences", key, "k".repeat(256), audience)
      assert.strictEqual(long.status, 400)
      assert.include(long.text, "The header Idempotency-Key must have 1 to 255 characters")
    })
  )

  it.effect("shows a secret again to who made it, to nobody else, and not in the database", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { key, organizationId } = yield* freshKey
      const made = yield* post("/api/api-keys", key, "secret", { name: "New" })
      assert.strictEqual((yield* post("/api/api-keys", key, "secret", { name: "New" })).text, made.text)
      const other = yield* post("/api/api-keys", made.json.secretKey, "secret", { name: "New" })
      assert.deepStrictEqual(
        [other.status, other.json],
        [409, { error: "This Idempotency-Key was used with another API key: use a new key" }]
      )
      const rows = yield* sql<{ answer: Uint8Array }>`
        SELECT answer FROM idempotency_keys WHERE organization_id = ${organizationId}::uuid`
      assert.strictEqual(rows.length, 1)
      assert.notInclude(Buffer.from(rows[0]!.answer).toString("latin1"), "sk_live_")
    })
  )

  it.effect("is free again once whoever was at it is dead, and not before", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { key, organizationId } = yield* freshKey
      yield* post("/api/audiences", key, "dead", audience)
      const leave = (seconds: number) => sql`
        UPDATE idempotency_keys SET status = NULL, answer = NULL, claimed_until = clock_timestamp() + make_interval(secs => ${seconds}::int)
        WHERE organization_id = ${organizationId}::uuid`
      yield* leave(5)
      assert.strictEqual((yield* post("/api/audiences", key, "dead", audience)).status, 409)
      yield* leave(-1)
      assert.strictEqual((yield* post("/api/audiences", key, "dead", audience)).status, 200)
      yield* sql`UPDATE idempotency_keys SET created_at = created_at - interval '25 hours' WHERE organization_id = ${organizationId}::uuid`
      const late = yield* post("/api/audiences", key, "dead", audience)
      assert.deepStrictEqual([late.status, late.headers.get("idempotent-replayed")], [200, null])
      assert.strictEqual((yield* audiencesOf(key)).length, 3)
    })
  )
})

layer(TestServer, { excludeTestServices: true })("the rate limit", (it) => {
  it.effect("lets as many requests pass as it says, and tells the others when to come back", () =>
    Effect.gen(function* () {
      const { key, organizationId } = yield* freshKey
      yield* limit(organizationId, 30)
      const answers = yield* Effect.forEach(Array.from({ length: 50 }), () => ask("/api/audiences", { key }), {
        concurrency: 10
      })
      const passed = answers.filter(({ status }) => status === 200)
      const refused = answers.filter(({ status }) => status === 429)
      // A minute may begin in the midst of it.
      assert.include([30, 50], passed.length)
      assert.strictEqual(passed.length + refused.length, 50)
      for (const { headers } of passed) {
        assert.strictEqual(headers.get("x-ratelimit-limit"), "30")
        assert.isTrue(Number(headers.get("x-ratelimit-remaining")) < 30)
        assert.match(headers.get("x-ratelimit-reset")!, /^\d{10}$/)
      }
      for (const { headers, json } of refused) {
        const seconds = Number(headers.get("retry-after"))
        assert.isTrue(seconds >= 1 && seconds <= 60)
        assert.deepStrictEqual(json, { error: "Rate limit exceeded", retryAfter: seconds })
        assert.strictEqual(headers.get("x-ratelimit-remaining"), "0")
      }
    })
  )

  it.effect(
    "is each organization's own, counts no request without a good key, and is nobody's when there is none",
    () =>
      Effect.gen(function* () {
        const limited = yield* freshKey
        const { key } = yield* freshKey
        yield* limit(limited.organizationId, 1)
        const one = yield* ask("/api/audiences", { key: limited.key })
        assert.strictEqual(one.headers.get("x-ratelimit-remaining"), "0")
        for (const _ of [1, 2, 3]) {
          const other = yield* ask("/api/audiences", { key })
          assert.deepStrictEqual([other.status, other.headers.get("x-ratelimit-limit")], [200, null])
          const nobody = yield* ask("/api/audiences", { key: "sk_live_wrong" })
          assert.deepStrictEqual([nobody.status, nobody.headers.get("x-ratelimit-limit")], [401, null])
        }
      })
  )
})

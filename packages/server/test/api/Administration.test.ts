import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { type Answer, ask, json } from "../Answer.ts"
import { freshKey, TestServer } from "../TestServer.ts"

const absent = "0190a000-0000-7000-8000-00000000ffff"

/** An organization that administers others. */
const founding = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const organization = yield* freshKey
  yield* Effect.orDie(sql`UPDATE organizations SET founding = true WHERE id = ${organization.organizationId}::uuid`)
  return organization
})

const get = (path: string, key: string) => ask(`/api${path}`, { key })
const post = (path: string, key: string, body: unknown = {}) => ask(`/api${path}`, { key, ...json(body) })
const put = (path: string, key: string, body: unknown) => ask(`/api${path}`, { key, ...json(body, "PUT") })
const del = (path: string, key: string) => ask(`/api${path}`, { key, method: "DELETE" })

layer(TestServer, { excludeTestServices: true })("an organization's administration", (it) => {
  it.effect("shows an organization itself and its test sibling, and no other", () =>
    Effect.gen(function* () {
      const { key, organizationId } = yield* freshKey
      const stranger = yield* freshKey
      const list = yield* get("/organizations?sortBy=name&sortDir=asc", key)
      assert.deepStrictEqual(
        list.json.data.map((each: Answer["json"]) => [each.name, each.mode, each.active]),
        [
          ["Fresh", "live", true],
          ["Fresh (test)", "test", true]
        ]
      )
      const [live, test] = list.json.data
      assert.deepStrictEqual([live.id, live.siblingId, test.siblingId], [organizationId, test.id, live.id])
      assert.deepStrictEqual((yield* get(`/organizations/${test.id}`, key)).json, test)
      for (const ask of [
        get(`/organizations/${stranger.organizationId}`, key),
        put(`/organizations/${stranger.organizationId}`, key, { name: "Mine" }),
        put(`/organizations/${absent}`, key, { active: false })
      ]) {
        const answer = yield* ask
        assert.deepStrictEqual([answer.status, answer.json], [404, { error: "Organization not found" }])
      }
      const renamed = yield* put(`/organizations/${organizationId}`, key, { name: "  Ärger & Söhne  " })
      assert.strictEqual(renamed.json.name, "Ärger & Söhne")
    })
  )

  it.effect("is founded by the operator, with keys that work and data that does not mix", () =>
    Effect.gen(function* () {
      const operator = yield* founding
      const ordinary = yield* freshKey
      const refused = yield* post("/organizations", ordinary.key, { name: "Shop" })
      assert.strictEqual(refused.status, 400)
      assert.include(refused.text, "Only the organization that the server was founded with may create organizations")

      const made = (yield* post("/organizations", operator.key, { name: "Shop" })).json
      const [live, test] = made.keys
      assert.match(live.secretKey, /^sk_live_/)
      assert.match(test.secretKey, /^sk_test_/)
      assert.strictEqual(live.hint, live.secretKey.slice(-4))
      yield* post("/consumers/batch", test.secretKey, {
        consumers: [{ email: "t@example.com", emailVerified: false, phoneVerified: false, status: "ACTIVE" }]
      })
      assert.strictEqual((yield* get("/consumers", test.secretKey)).json.data.length, 1)
      assert.strictEqual((yield* get("/consumers", live.secretKey)).json.data.length, 0)

      const away = yield* put(`/organizations/${made.live.id}`, operator.key, { active: false })
      assert.isFalse(away.json.active)
      for (const { secretKey } of made.keys) {
        const answer = yield* get("/audiences", secretKey)
        assert.deepStrictEqual([answer.status, answer.json], [403, { error: "Organization is inactive" }])
      }
      yield* put(`/organizations/${made.live.id}`, operator.key, { active: true })
      assert.strictEqual((yield* get("/audiences", test.secretKey)).status, 200)
      const limited = yield* put(`/organizations/${made.live.id}`, operator.key, { rateLimitPerMinute: 2 })
      assert.deepStrictEqual([limited.json.rateLimitPerMinute, limited.json.gateRateLimitPerMinute], [2, null])
      const raised = yield* put(`/organizations/${made.live.id}`, live.secretKey, { rateLimitPerMinute: null })
      assert.include(raised.text, "may change rateLimitPerMinute")
      for (const [id, key, text] of [
        [operator.organizationId, operator.key, "stays active"],
        [ordinary.organizationId, ordinary.key, "may change active"]
      ] as const) {
        const answer = yield* put(`/organizations/${id}`, key, { active: false })
        assert.strictEqual(answer.status, 400)
        assert.include(answer.text, text)
      }
    })
  )

  it.effect("makes, replaces and revokes keys; the secret is shown once", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const made = (yield* post("/api-keys", key, { name: "Checkout" })).json
      assert.strictEqual((yield* get("/audiences", made.secretKey)).status, 200)
      const { secretKey: _, ...told } = made
      const listed = (yield* get("/api-keys", key)).json.data
      assert.strictEqual(listed.length, 2)
      const { lastUsedAt } = listed.find((each: Answer["json"]) => each.id === made.id)
      assert.deepInclude(listed, { ...told, lastUsedAt })
      assert.notInclude(JSON.stringify(listed), made.secretKey)
      assert.isString(lastUsedAt)

      const late = (yield* post(`/api-keys/${made.id}/rotate`, key, { graceSeconds: 60 })).json
      assert.deepStrictEqual([late.name, late.mode], ["Checkout", "live"])
      assert.strictEqual((yield* get("/audiences", made.secretKey)).status, 200)
      assert.strictEqual((yield* post(`/api-keys/${made.id}/rotate`, key)).status, 409)
      yield* del(`/api-keys/${made.id}`, key)
      assert.strictEqual((yield* get("/audiences", made.secretKey)).status, 401)

      const soon = (yield* post(`/api-keys/${late.id}/rotate`, key)).json
      assert.strictEqual((yield* get("/audiences", late.secretKey)).status, 401)
      const revoked = (yield* del(`/api-keys/${soon.id}`, key)).json
      assert.isString(revoked.revokedAt)
      assert.deepStrictEqual((yield* del(`/api-keys/${soon.id}`, key)).json, revoked)
      assert.strictEqual((yield* get("/audiences", soon.secretKey)).status, 401)
    })
  )

  it.effect("never loses its last key, not even by two revocations at once", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const made = (yield* post("/api-keys", key, { name: "Other" })).json
      const ids: Array<string> = (yield* get("/api-keys", key)).json.data.map(({ id }: Answer["json"]) => id)
      const answers = yield* Effect.forEach(ids, (id) => del(`/api-keys/${id}`, key), {
        concurrency: "unbounded"
      })
      assert.sameMembers(
        answers.map(({ status }) => status),
        [200, 409]
      )
      const works = yield* Effect.forEach([key, made.secretKey], (each) => get("/audiences", each))
      assert.sameMembers(
        works.map(({ status }) => status),
        [200, 401]
      )
    })
  )

  it.effect("replaces a key once, by two rotations at once", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const { id } = (yield* post("/api-keys", key, { name: "Other" })).json
      const answers = yield* Effect.forEach([1, 2, 3], () => post(`/api-keys/${id}/rotate`, key), {
        concurrency: "unbounded"
      })
      assert.sameMembers(
        answers.map(({ status }) => status),
        [200, 409, 409]
      )
    })
  )

  it.effect("makes test keys with a live key, and no live keys with a test key", () =>
    Effect.gen(function* () {
      const { key, organizationId } = yield* freshKey
      const test = (yield* post("/api-keys", key, { name: "Sandbox", mode: "test" })).json
      assert.match(test.secretKey, /^sk_test_/)
      assert.notStrictEqual(test.organizationId, organizationId)
      const up = yield* post("/api-keys", test.secretKey, { name: "Up", mode: "live" })
      assert.strictEqual(up.status, 400)
      assert.strictEqual(up.json.issues[0].path[0].key, "mode")
      assert.match((yield* post("/api-keys", test.secretKey, { name: "More" })).json.secretKey, /^sk_test_/)
      assert.deepStrictEqual(
        (yield* get("/api-keys", test.secretKey)).json.data.map(({ mode }: Answer["json"]) => mode),
        ["test", "test"]
      )
    })
  )

  it.effect("keeps settings that count", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      assert.deepStrictEqual((yield* get("/settings", key)).json, {
        defaultRefreshIntervalSeconds: null,
        auditRetentionDays: 365,
        importUndoDays: 30
      })
      const changed = yield* put("/settings", key, { defaultRefreshIntervalSeconds: 3600 })
      assert.deepStrictEqual(changed.json, {
        defaultRefreshIntervalSeconds: 3600,
        auditRetentionDays: 365,
        importUndoDays: 30
      })
      const create = (rest: object) => post("/audiences", key, { name: "A", type: "DYNAMIC", ...rest })
      assert.strictEqual((yield* create({})).json.refreshIntervalSeconds, 3600)
      assert.strictEqual((yield* create({ refreshIntervalSeconds: null })).json.refreshIntervalSeconds, null)
      assert.strictEqual((yield* create({ refreshIntervalSeconds: 60 })).json.refreshIntervalSeconds, 60)
      assert.strictEqual((yield* create({ type: "STATIC_LIST" })).json.refreshIntervalSeconds, null)
      for (const bad of [0, 1.5, "60", 1e12]) {
        assert.strictEqual((yield* put("/settings", key, { auditRetentionDays: bad })).status, 400)
        assert.strictEqual((yield* put("/settings", key, { importUndoDays: bad })).status, 400)
      }
    })
  )
})

import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Logger, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { klaviyoServer } from "../../../../tools/vitest/vendors/KlaviyoServer.ts"
import { ask, json } from "../Answer.ts"
import { freshKey, klaviyoKey, testServer } from "../TestServer.ts"

const vendorKey = "pk_aVerySecretKeyOfKlaviyo_x7Kq"
const path = "/api/settings/integrations"

const lists = Array.from({ length: 12 }, (_, i) => ({
  kind: "list" as const,
  id: `L${i}`,
  name: `List ${i}`,
  profiles: []
}))

/** Everything that the server writes to its log. */
const logged: Array<string> = []
const Logged = Logger.layer([
  Logger.make(({ message, cause }) => void logged.push(`${JSON.stringify(message)} ${String(cause)}`))
])

const Server = Layer.unwrap(
  Effect.map(klaviyoServer({ apiKey: vendorKey, lists }), ({ origin }) =>
    testServer({ vendorUrls: new Map([["klaviyo", origin]]), logLevel: "Trace" })
  )
).pipe(Layer.provide(Logged))

const put = (key: string, body: unknown, vendor = "klaviyo") => ask(`${path}/${vendor}`, { key, ...json(body, "PUT") })

layer(Server, { excludeTestServices: true })("integrations", (it) => {
  it.effect("are set, listed without their secrets, changed in part, and removed", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      assert.deepStrictEqual((yield* ask(path, { key })).json, { data: [] })
      const set = yield* put(key, { credentials: { apiKey: ` ${vendorKey}\n` }, properties: { plan: "klaviyoPlan" } })
      assert.strictEqual(set.status, 200, set.text)
      assert.deepInclude(set.json, {
        vendor: "klaviyo",
        credentials: { apiKey: "…x7Kq" },
        properties: { plan: "klaviyoPlan" },
        updatedAt: null
      })
      const changed = (yield* put(key, { properties: {} })).json
      assert.deepInclude(changed, { credentials: { apiKey: "…x7Kq" }, properties: {} })
      assert.match(changed.updatedBy, /^key:/)
      const shop = { shop: "acme.myshopify.com", accessToken: "shpat_0123456789" }
      assert.deepStrictEqual((yield* put(key, { credentials: shop }, "shopify")).json.credentials, {
        shop: "acme.myshopify.com",
        accessToken: "…6789"
      })
      const { data } = (yield* ask(path, { key })).json
      assert.deepStrictEqual(
        data.map(({ vendor }: { vendor: string }) => vendor),
        ["klaviyo", "shopify"]
      )
      assert.deepStrictEqual((yield* ask(`${path}/klaviyo`, { key, method: "DELETE" })).json, changed)
      const gone = yield* ask(`${path}/klaviyo`, { key, method: "DELETE" })
      assert.deepStrictEqual([gone.status, gone.json], [404, { error: "Integration not found" }])
    })
  )

  it.effect("tell the vendor's lists in the words of a sync source", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      assert.strictEqual((yield* ask(`${path}/klaviyo/lists`, { key })).status, 404)
      yield* put(key, { credentials: { apiKey: vendorKey } })
      const { data, complete } = (yield* ask(`${path}/klaviyo/lists`, { key })).json
      assert.deepStrictEqual([data.length, complete], [12, true])
      assert.deepStrictEqual(data[11], {
        syncSource: "klaviyo:list",
        syncSourceId: "L11",
        name: "List 11",
        memberCount: null
      })
      yield* put(key, { credentials: { apiKey: "pk_not_that_one" } })
      const refused = yield* ask(`${path}/klaviyo/lists`, { key })
      assert.deepStrictEqual(
        [refused.status, refused.json.error],
        [409, "Klaviyo refuses the credentials (status 401)"]
      )
    })
  )

  it.effect("are refused where something of the credentials is wrong, naming each fault", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const faults = (body: unknown, vendor?: string) =>
        Effect.map(put(key, body, vendor), ({ json, status }) => {
          assert.strictEqual(status, 400)
          return json.issues.map((issue: { path: ReadonlyArray<{ key: string }> }) =>
            issue.path.map((item) => item.key).join(".")
          )
        })
      assert.deepStrictEqual(yield* faults({}), ["credentials"])
      assert.deepStrictEqual(yield* faults({ properties: {} }), ["credentials"])
      assert.deepStrictEqual(yield* faults({ credentials: {} }), ["credentials.apiKey"])
      assert.deepStrictEqual(yield* faults({ credentials: { apiKey: "a b\r\nx-evil: 1", user: "x" } }), [
        "credentials.apiKey",
        "credentials.user"
      ])
      assert.deepStrictEqual(yield* faults({ credentials: { apiKey: "0123456789abcdef" } }, "mailchimp"), [
        "credentials.apiKey"
      ])
      const shop = { shop: "acme.example.com", accessToken: "shpat_0123456789" }
      assert.deepStrictEqual(yield* faults({ credentials: shop }, "shopify"), ["credentials.shop"])
      assert.deepStrictEqual(yield* faults({ properties: { a: "x", b: "x" } }), ["properties"])
      assert.deepStrictEqual(yield* faults({}, "nobody"), ["vendor"])
    })
  )

  it.effect("keep credentials from answers, logs, the audit log and the database", () =>
    Effect.gen(function* () {
      const { key, organizationId } = yield* freshKey
      const texts: Array<string> = []
      for (const body of [
        { credentials: { apiKey: vendorKey }, properties: 5 },
        { credentials: vendorKey },
        { credentials: [vendorKey] },
        { credentials: { apiKey: [vendorKey] } },
        { credentials: { apiKey: `${vendorKey} ` + "\0" } },
        { credentials: { apiKey: vendorKey, extra: vendorKey } },
        { credentials: { apiKey: vendorKey } }
      ]) {
        texts.push((yield* put(key, body)).text)
      }
      for (const place of [path, `${path}/klaviyo/lists`, "/api/audit-log"])
        texts.push((yield* ask(place, { key })).text)
      const sql = yield* SqlClient.SqlClient
      const rows = yield* sql`
        SELECT i::text, encode(sealed, 'escape') AS sealed FROM integrations i
        WHERE organization_id = ${organizationId}::uuid`
      texts.push(JSON.stringify(rows), ...logged)
      assert.strictEqual(rows.length, 1)
      assert.isAbove(logged.length, 5)
      for (const text of texts) assert.notInclude(text, vendorKey)
    })
  )
})

const [oldKey, newKey] = [1, 2].map((n) => Buffer.alloc(32, n)) as [Buffer, Buffer]
const withKeys = (...keys: ReadonlyArray<Uint8Array>) => testServer({ encryptionKeys: Redacted.make(keys) })

/** What a server of these keys says of the lists of Klaviyo, which has none. */
const listsOf = (key: string, ...keys: ReadonlyArray<Uint8Array>) =>
  ask(`${path}/klaviyo/lists`, { key }).pipe(Effect.provide(withKeys(...keys), { local: true }), Effect.scoped)

layer(withKeys(oldKey), { excludeTestServices: true })("the encryption key", (it) => {
  it.effect("can be replaced, and is asked for by name when it is missing", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      yield* put(key, { credentials: { apiKey: klaviyoKey } })
      const lost = yield* listsOf(key, newKey)
      assert.strictEqual(lost.status, 409)
      assert.match(lost.json.error, /were encrypted with the key [0-9a-f]{8}, which this server does not have/)
      assert.strictEqual((yield* ask(path, { key })).json.data.length, 1)
      assert.deepStrictEqual((yield* listsOf(key, newKey, oldKey)).json, { data: [], complete: true })
      assert.strictEqual((yield* listsOf(key, newKey)).status, 200)
      assert.strictEqual((yield* ask(`${path}/klaviyo/lists`, { key })).status, 409)
    })
  )
})

layer(testServer({ role: "api", encryptionKeys: Redacted.make([]) }), { excludeTestServices: true })(
  "a server without an encryption key",
  (it) => {
    it.effect("refuses to keep credentials, and says what it needs", () =>
      Effect.gen(function* () {
        const { key } = yield* freshKey
        const refused = yield* put(key, { credentials: { apiKey: vendorKey } })
        assert.deepStrictEqual(
          [refused.status, refused.json.error],
          [409, "This server has no encryption key: set AUDIENCES_ENCRYPTION_KEY"]
        )
      })
    )
  }
)

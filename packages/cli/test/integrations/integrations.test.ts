import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const key = "pk_aVerySecretKey_x7Kq"
const integration = {
  vendor: "klaviyo",
  credentials: { apiKey: "…x7Kq" },
  properties: { plan: "klaviyoPlan" },
  createdAt: "2026-01-31T09:30:00.000Z",
  createdBy: "key:x",
  updatedAt: null,
  updatedBy: null
}
const listing = { syncSource: "klaviyo:list", syncSourceId: "Y6nRLr", name: "Newsletter", memberCount: null }

const serving = fakeServer({
  "GET /settings/integrations": { body: { data: [integration] } },
  "PUT /settings/integrations/:vendor": { body: integration },
  "DELETE /settings/integrations/:vendor": { body: integration },
  "GET /settings/integrations/klaviyo/lists": { body: { data: [listing], complete: true } },
  "GET /settings/integrations/:vendor/lists": { status: 409, body: { error: "Shopify refuses the access token" } }
})

describe("audiences integrations", () => {
  it.live("lists and removes, and lists the lists of a vendor", () =>
    Effect.gen(function* () {
      const { url } = yield* serving
      const env = { AUDIENCES_URL: url, NO_COLOR: "1" }
      const listed = yield* typed(["integrations", "list"], { env, terminal: true })
      assert.match(listed.lines[1]!, /^klaviyo +apiKey=…x7Kq +plan=klaviyoPlan +/)
      const { lines } = yield* typed(["integrations", "lists", "klaviyo"], { env, terminal: true })
      assert.match(lines[1]!, /^klaviyo:list +Y6nRLr +Newsletter/)
      assert.strictEqual((yield* typed(["integrations", "remove", "klaviyo", "--yes"], { env })).exitCode, 0)
      const refused = yield* typed(["integrations", "lists", "shopify"], { env })
      assert.deepStrictEqual([refused.exitCode, refused.stderr], [5, "Shopify refuses the access token.\n"])
    })
  )

  it.live("reads the key from standard input, and writes it nowhere", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* serving
      const env = { AUDIENCES_URL: url }
      const set = ["integrations", "set"]
      const { exitCode, stderr, stdout } = yield* typed([...set, "klaviyo", "--property", "plan=klaviyoPlan"], {
        env,
        stdin: `${key}\r\n`
      })
      assert.deepStrictEqual(
        [exitCode, stdout.includes(key), stderr],
        [0, false, "klaviyo takes it, and has 1 list.\n"]
      )
      const refused = yield* typed([...set, "shopify", "--shop", "acme.myshopify.com"], { env, stdin: key })
      assert.deepStrictEqual(
        [refused.exitCode, refused.stderr],
        [5, "The account is set, but cannot be used as it is:\nShopify refuses the access token.\n"]
      )
      yield* typed([...set, "klaviyo", "--keep-credentials", "--property", "a=b", "--property", "c=d"], { env })
      assert.deepStrictEqual(
        asked.flatMap(({ body, path }) => (body === "" ? [] : [[path.split("/").at(-1), JSON.parse(body)]])),
        [
          ["klaviyo", { credentials: { apiKey: key }, properties: { plan: "klaviyoPlan" } }],
          ["shopify", { credentials: { shop: "acme.myshopify.com", accessToken: key } }],
          ["klaviyo", { properties: { a: "b", c: "d" } }]
        ]
      )
    })
  )

  it.live("asks for the key on a terminal, and does not show it", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* serving
      const env = { AUDIENCES_URL: url, NO_COLOR: "1" }
      const { exitCode, shown, stdout } = yield* typed(["integrations", "set", "klaviyo"], {
        env,
        terminal: true,
        keys: `${key}\r`
      })
      assert.strictEqual(exitCode, 0)
      assert.include(shown, "Private API key")
      assert.notInclude(shown + stdout, key)
      assert.deepStrictEqual(JSON.parse(asked[0]!.body), { credentials: { apiKey: key } })
    })
  )

  it.live("says what is missing, and takes no key from the command line", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* serving
      const env = { AUDIENCES_URL: url }
      const refusals = [
        [["klaviyo"], /There is no key\. Type it, or give it on standard input/],
        [["shopify"], /shopify needs --shop too/],
        [["klaviyo", "--shop", "acme.myshopify.com"], /klaviyo has no --shop/],
        [["klaviyo", "--keep-credentials"], /Nothing to change/]
      ] as const
      for (const [args, says] of refusals) {
        const { exitCode, stderr } = yield* typed(["integrations", "set", ...args], { env, stdin: " \n" })
        assert.deepStrictEqual([exitCode, says.test(stderr)], [2, true], stderr)
      }
      const elsewhere = yield* typed(["integrations", "set", "klaviyo"], { env, keys: key })
      assert.match(elsewhere.stderr, /give the key on standard input/)
      assert.strictEqual((yield* typed(["integrations", "set", "klaviyo", key], { env, stdin: key })).exitCode, 2)
      assert.strictEqual((yield* typed(["integrations", "set", "klaviyo", "--api-key", key], { env })).exitCode, 2)
      assert.deepStrictEqual(asked, [])
    })
  )
})

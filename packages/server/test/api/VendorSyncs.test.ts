import { VendorPatience } from "@audiences/engine/connectors/VendorPatience"
import { assert, layer } from "@effect/vitest"
import { Context, Duration, Effect, Layer, Schedule } from "effect"
import { klaviyoServer } from "../../../../tools/vitest/vendors/KlaviyoServer.ts"
import { mailchimpServer } from "../../../../tools/vitest/vendors/MailchimpServer.ts"
import { sendGridServer } from "../../../../tools/vitest/vendors/SendGridServer.ts"
import { shopifyServer } from "../../../../tools/vitest/vendors/ShopifyServer.ts"
import { type Answer, ask, json } from "../Answer.ts"
import { freshKey, testServer } from "../TestServer.ts"

type Json = Answer["json"]

const range = (count: number) => Array.from({ length: count }, (_, i) => i)
const emailOf = (i: number) => `p${i}@example.com`

const klaviyoPeople = (from: number, count: number) =>
  range(count).map((i) => ({
    id: `K${from + i}`,
    email: emailOf(from + i),
    properties: { plan: `plan ${(from + i) % 3}` }
  }))

/** Local servers that speak the vendors' protocols. */
const startVendors = Effect.gen(function* () {
  const list = { kind: "list" as const, id: "L1", name: "Newsletter", profiles: klaviyoPeople(0, 250) }
  const klaviyo = yield* klaviyoServer({ lists: [list] })
  const mailchimp = yield* mailchimpServer({
    lists: [
      {
        id: "m1",
        name: "Mailchimp's",
        members: range(30).map((i) => ({ id: `m${i}`, email_address: emailOf(i), status: "subscribed" as const }))
      }
    ]
  })
  const sendgrid = yield* sendGridServer({
    lists: [
      { id: "s1", name: "SendGrid's", contacts: range(30).map((i) => ({ CONTACT_ID: `s${i}`, EMAIL: emailOf(i) })) }
    ]
  })
  const shopify = yield* shopifyServer({
    segments: [{ id: 1, name: "Shopify's", members: range(30).map((i) => ({ id: i + 1, email: emailOf(i) })) }]
  })
  return { klaviyo, list, mailchimp, sendgrid, shopify }
})

class Vendors extends Context.Service<Vendors, Effect.Success<typeof startVendors>>()("test/Vendors") {}

const hasty = { ...VendorPatience.defaultValue(), delay: Duration.millis(5) }

const Server = Layer.unwrap(
  Effect.map(Vendors, ({ klaviyo, mailchimp, sendgrid, shopify }) =>
    testServer({
      vendorUrls: new Map([
        ["klaviyo", klaviyo.origin],
        ["mailchimp", mailchimp.origin],
        ["sendgrid", sendgrid.origin],
        ["shopify", shopify.origin]
      ])
    })
  )
).pipe(Layer.provide(Layer.succeed(VendorPatience, hasty)), Layer.provideMerge(Layer.effect(Vendors, startVendors)))

const founded = Effect.gen(function* () {
  const { key } = yield* freshKey
  const call = Effect.fnUntraced(function* (method: string, path: string, body?: unknown) {
    const answer = yield* ask(`/api${path}`, { key, ...(body === undefined ? { method } : json(body, method)) })
    assert.strictEqual(answer.status, 200, answer.text)
    return answer.json
  })
  /** Asks for a sync, and waits for its end. */
  const sync = Effect.fnUntraced(function* (audienceId: string) {
    yield* call("POST", `/audiences/${audienceId}/sync`)
    return yield* settled(audienceId)
  })
  const settled = (audienceId: string) =>
    Effect.repeat(call("GET", `/audiences/${audienceId}/status`), {
      until: ({ inProgress }: Json) => !inProgress,
      schedule: Schedule.spaced("20 millis")
    })
  const synced = (syncSource: string, syncSourceId: string) =>
    call("POST", "/audiences", { name: "Synced", type: "SYNCED_LIST", primarySyncSource: { syncSource, syncSourceId } })
  const emails = Effect.fnUntraced(function* (audienceId: string) {
    const found: Array<string> = []
    for (let after = ""; ;) {
      const { data, pageInfo } = yield* call("GET", `/audiences/${audienceId}/members?first=100${after}`)
      found.push(...data.map(({ email }: Json) => email))
      if (pageInfo.endCursor === null) return found.toSorted()
      after = `&after=${encodeURIComponent(pageInfo.endCursor)}`
    }
  })
  return { call, sync, settled, synced, emails }
})

const expected = (from: number, count: number) =>
  range(count)
    .map((i) => emailOf(from + i))
    .toSorted()

layer(Server, { excludeTestServices: true })("A list at a vendor", (it) => {
  it.effect("at Klaviyo is followed through failures, throttles and broken connections", () =>
    Effect.gen(function* () {
      const { klaviyo, list } = yield* Vendors
      const { call, emails, settled, sync } = yield* founded
      const credentials = { apiKey: klaviyo.apiKey }
      yield* call("PUT", "/settings/integrations/klaviyo", { credentials, properties: { plan: "plan" } })
      klaviyo.faults.push({ status: 500 }, undefined, "disconnect", undefined, "breakOff", {
        status: 429,
        headers: { "retry-after": "0" }
      })
      const { imported } = yield* call("POST", "/audiences/import/klaviyo", { listIds: ["L1"] })
      const { audienceId } = yield* call("GET", `/sync-sources/${imported[0].syncSourceId}`)
      assert.deepInclude(yield* settled(audienceId), { syncStatus: "SUCCESS", stale: false })
      assert.deepStrictEqual(yield* emails(audienceId), expected(0, 250))
      const { data } = yield* call("GET", `/audiences/${audienceId}/members?first=1`)
      assert.deepInclude(data[0], { primarySourceVendor: "klaviyo", primarySyncSourceId: imported[0].syncSourceId })
      assert.match(data[0].metadata.plan, /^plan \d$/)
      list.profiles = klaviyoPeople(100, 250)
      yield* sync(audienceId)
      assert.deepStrictEqual(yield* emails(audienceId), expected(100, 250))
      const source = yield* call("GET", `/sync-sources/${imported[0].syncSourceId}`)
      assert.deepInclude(source.sourceData.sync, {
        profiles: 250,
        created: 100,
        unchanged: 150,
        entered: 100,
        left: 100
      })
      list.profiles = klaviyoPeople(0, 1)
      klaviyo.faults.push(undefined, { status: 401, body: { errors: [{ detail: "Missing or invalid private key." }] } })
      assert.deepInclude(yield* sync(audienceId), { syncStatus: "FAILED" })
      assert.deepStrictEqual(yield* emails(audienceId), expected(100, 250))
    })
  )

  it.effect("at Mailchimp, SendGrid and Shopify is one audience each, of the same people", () =>
    Effect.gen(function* () {
      const { mailchimp, sendgrid, shopify } = yield* Vendors
      const { call, emails, sync, synced } = yield* founded
      const accounts = {
        mailchimp: { apiKey: mailchimp.apiKey },
        sendgrid: { apiKey: sendgrid.apiKey },
        shopify: { shop: "acme.myshopify.com", accessToken: shopify.accessToken }
      }
      const lists = { mailchimp: ["list", "m1"], sendgrid: ["list", "s1"], shopify: ["segment", "1"] } as const
      for (const [vendor, credentials] of Object.entries(accounts)) {
        yield* call("PUT", `/settings/integrations/${vendor}`, { credentials })
        const [kind, id] = lists[vendor as keyof typeof lists]
        const audience = yield* synced(`${vendor}:${kind}`, id)
        const status = yield* sync(audience.id)
        const { sourceData } = yield* call("GET", `/sync-sources/${audience.primarySyncSource.id}`)
        assert.strictEqual(status.syncStatus, "SUCCESS", JSON.stringify(sourceData))
        assert.deepStrictEqual(yield* emails(audience.id), expected(0, 30))
      }
      const { data } = yield* call("GET", "/consumers?first=100")
      assert.strictEqual(data.length, 30)
      assert.deepStrictEqual(
        [...new Set(data.map(({ primarySourceVendor }: Json) => primarySourceVendor))],
        ["mailchimp"]
      )
    })
  )
})

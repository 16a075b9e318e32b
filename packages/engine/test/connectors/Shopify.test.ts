import { makeShopify } from "@audiences/engine/connectors/Shopify"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import {
  type ShopifyMember,
  type ShopifyOptions,
  shopifyServer
} from "../../../../tools/vitest/vendors/ShopifyServer.ts"
import { connected, profilesOf, secrets } from "./Vendors.ts"

const people = (count: number): ReadonlyArray<ShopifyMember> =>
  Array.from({ length: count }, (_, i) => ({
    id: i,
    email: `p${i}@example.com`,
    phone: i % 2 === 0 ? `+1555${1_000_000 + i}` : null,
    firstName: "Ada",
    lastName: `L${i}`,
    numberOfOrders: i
  }))

const started = Effect.fnUntraced(function* (count = 600, options: Partial<ShopifyOptions> = {}) {
  const segment = { id: 77, name: "VIPs", members: people(count) }
  const segments = [segment]
  const server = yield* shopifyServer({ segments, ...options })
  const shopify = yield* connected(makeShopify, "shopify", server.origin)
  const credentials = secrets({ shop: "acme.myshopify.com", accessToken: server.accessToken })
  const pages = (since: string | null = null, id = "77") => shopify.members(credentials, "segment", id, since)
  return { server, shopify, segment, segments, credentials, pages }
})

const ids = (profiles: ReadonlyArray<{ readonly id: string }>) => profiles.map(({ id }) => id)
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => String(from + i))

describe("Shopify", () => {
  it.live("lists all segments over their pages, and counts one", () =>
    Effect.gen(function* () {
      const { credentials, segment, segments, shopify } = yield* started()
      for (let i = 100; i < 400; i++) segments.push({ ...segment, id: i })
      const all = yield* Stream.runCollect(shopify.lists(credentials))
      assert.deepStrictEqual(
        ids(all),
        segments.map(({ id }) => String(id))
      )
      const expected = { kind: "segment", id: "77", name: "VIPs", memberCount: 600 }
      for (const id of ["77", "gid://shopify/Segment/77"]) {
        assert.deepStrictEqual(yield* shopify.list(credentials, "segment", id), expected)
      }
    })
  )

  it.live("streams members with what is known of them, and goes on from any cursor", () =>
    Effect.gen(function* () {
      const { pages } = yield* started()
      const all = yield* Stream.runCollect(pages())
      assert.deepStrictEqual(
        all.map(({ profiles }) => profiles.length),
        [250, 250, 100]
      )
      assert.deepStrictEqual(all[0]!.profiles[1], {
        id: "1",
        email: "p1@example.com",
        phone: null,
        firstName: "Ada",
        lastName: "L1",
        properties: { note: null, numberOfOrders: 1, lastOrderId: "10", amountSpent: "1.50", currency: "EUR" }
      })
      assert.deepStrictEqual(ids(yield* profilesOf(pages(all[0]!.cursor))), range(250, 600))
      const { pages: none } = yield* started(0)
      assert.deepStrictEqual(yield* Stream.runCollect(none()), [{ profiles: [], cursor: null }])
    })
  )

  it.live("waits until the bucket holds what a query costs, and is then not throttled", () =>
    Effect.gen(function* () {
      const bucket = { maximumAvailable: 100, restoreRate: 250 }
      const { pages, server } = yield* started(750, { bucket, queryCost: 100 })
      const began = performance.now()
      assert.strictEqual((yield* profilesOf(pages())).length, 750)
      assert.strictEqual(server.asked.length, 3)
      assert.isAtLeast(performance.now() - began, 700)
    })
  )

  it.live("waits where others have emptied the bucket", () =>
    Effect.gen(function* () {
      const { pages, server } = yield* started(500)
      const cost = {
        requestedQueryCost: 100,
        actualQueryCost: null,
        throttleStatus: { maximumAvailable: 100, currentlyAvailable: 40, restoreRate: 100 }
      }
      const throttled = { errors: [{ message: "Throttled", extensions: { code: "THROTTLED" } }], extensions: { cost } }
      server.faults.push({ body: throttled }, undefined, {
        status: 429,
        headers: { "retry-after": "0.2" },
        body: throttled
      })
      const began = performance.now()
      assert.deepStrictEqual(ids(yield* profilesOf(pages())), range(0, 500))
      assert.isAtLeast(performance.now() - began, 790)
      assert.strictEqual(server.asked.length, 4)
    })
  )

  it.live("tells refused tokens, shops and segments that are not there, and cursors that are over apart", () =>
    Effect.gen(function* () {
      const { credentials, pages, server, shopify } = yield* started()
      const tagOf = (stream: ReturnType<typeof pages>) =>
        Effect.map(Effect.flip(profilesOf(stream)), ({ _tag }) => _tag)
      const wrong = secrets({ shop: "acme.myshopify.com", accessToken: "shpat_wrong" })
      assert.strictEqual(yield* tagOf(shopify.members(wrong, "segment", "77", null)), "CredentialsRefused")
      for (const id of ["78", "", "x", 'gid://shopify/Segment/77") { id }']) {
        assert.strictEqual(yield* tagOf(pages(null, id)), "ListNotFound")
      }
      assert.strictEqual(yield* tagOf(shopify.members(credentials, "list", "77", null)), "ListNotFound")
      const [page] = yield* Stream.runCollect(Stream.take(pages(), 1))
      server.expireCursors()
      assert.strictEqual(yield* tagOf(pages(page!.cursor)), "CursorExpired")
      server.faults.push({ status: 404, body: { errors: "Not Found" } })
      assert.strictEqual(yield* tagOf(pages()), "CredentialsRefused")
      server.faults.push({ body: { errors: [{ message: "no", extensions: { code: "ACCESS_DENIED" } }] } })
      assert.strictEqual(yield* tagOf(pages()), "CredentialsRefused")
      for (const body of [
        { data: { segment: 5 } },
        { data: null },
        { errors: "x" },
        { errors: [{ message: "odd" }] }
      ]) {
        server.faults.push({ body })
        assert.strictEqual(yield* tagOf(pages()), "VendorAnswerUnexpected")
      }
    })
  )

  it.live("asks again where the vendor fails or breaks off", () =>
    Effect.gen(function* () {
      const { pages, server } = yield* started()
      server.faults.push({ status: 502 }, "disconnect", undefined, "breakOff")
      assert.deepStrictEqual(ids(yield* profilesOf(pages())), range(0, 600))
    })
  )
})

import { attempt } from "@audiences/engine/connectors/VendorAttempt"
import { mayReach } from "@audiences/engine/connectors/VendorHosts"
import { OutgoingHttp } from "@audiences/engine/outgoing/OutgoingHttp"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { HttpClientRequest } from "effect/http"
import { vendorServer } from "../../../../tools/vitest/vendors/VendorServer.ts"

const secretHeaders = { authorization: "Bearer secret", "x-shopify-access-token": "secret", cookie: "secret" }

const asking = Effect.fnUntraced(function* (
  url: string,
  reach: (url: URL) => boolean,
  { maxBytes = 1000, method = "GET" as "GET" | "POST", timeout = 2000 } = {}
) {
  const { unguarded } = yield* OutgoingHttp
  const request = HttpClientRequest.make(method)(url, { headers: secretHeaders })
  return yield* attempt(
    { name: "Vendor", client: unguarded, mayReach: reach, maxBytes },
    request,
    Duration.millis(timeout)
  )
})

const everywhere = () => true

/** Of an attempt that is refused for good. */
const refusing = (url: string, reach: (url: URL) => boolean) =>
  Effect.catchTag(asking(url, reach), "AttemptFailed", Effect.die)

describe("one attempt at a vendor", () => {
  it.live("follows a redirect to another host of the vendor, without credentials", () =>
    Effect.gen(function* () {
      const files = yield* vendorServer(() => ({ body: "file" }))
      const api = yield* vendorServer(({ url }) =>
        url.pathname === "/1"
          ? { status: 302, headers: { location: "/2" } }
          : { status: 307, headers: { location: `${files.origin}/file` } }
      )
      const { body } = yield* asking(`${api.origin}/1`, everywhere)
      assert.strictEqual(body.toString(), "file")
      assert.strictEqual(api.asked[1]!.headers.authorization, "Bearer secret")
      assert.notInclude(JSON.stringify(files.asked), "secret")
    }).pipe(Effect.provide(OutgoingHttp.layer))
  )

  it.live("follows no redirect to anybody else, none of a POST, and none without end", () =>
    Effect.gen(function* () {
      const other = yield* vendorServer(() => ({ body: "internal" }))
      const api = yield* vendorServer(({ url }) => ({
        status: 301,
        headers: { location: url.searchParams.get("to")! }
      }))
      const at = (to: string) => `${api.origin}/?to=${encodeURIComponent(to)}`
      const own = (url: URL) => url.origin === api.origin
      for (const to of [
        `${other.origin}/`,
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "http://[",
        "javascript:1"
      ]) {
        const { message } = yield* Effect.flip(refusing(at(to), own))
        assert.match(message, /^Vendor redirects to /)
      }
      assert.strictEqual((yield* Effect.flip(asking(at("/x"), own, { method: "POST" })))._tag, "VendorAnswerUnexpected")
      const round = yield* vendorServer(() => ({ status: 302, headers: { location: "/" } }))
      assert.strictEqual((yield* Effect.flip(asking(round.origin, everywhere)))._tag, "VendorAnswerUnexpected")
      assert.strictEqual(round.asked.length, 6)
      assert.deepStrictEqual(other.asked, [])
    }).pipe(Effect.provide(OutgoingHttp.layer))
  )

  it.live("takes no more of an answer than it may, and waits no longer than it may", () =>
    Effect.gen(function* () {
      const api = yield* vendorServer(() => ({ body: "x".repeat(100_000) }))
      const tooLong = yield* Effect.flip(asking(api.origin, everywhere, { maxBytes: 99_999 }))
      assert.strictEqual(tooLong._tag, "VendorAnswerUnexpected")
      assert.strictEqual((yield* asking(api.origin, everywhere, { maxBytes: 100_000 })).body.length, 100_000)
      const late = yield* Effect.flip(asking(api.origin, everywhere, { timeout: 0 }))
      assert.strictEqual(late._tag, "AttemptFailed")
    }).pipe(Effect.provide(OutgoingHttp.layer))
  )
})

describe("the hosts of a vendor", () => {
  const hosts = { vendor: "shopify", allowed: /[a-z0-9-]+\.myshopify\.com/ }
  it("are reached over TLS, at the usual port, by their whole names", () => {
    const may = (url: string) => mayReach(hosts, undefined, new URL(url))
    assert.isTrue(may("https://acme.myshopify.com/admin"))
    for (const url of [
      "http://acme.myshopify.com/",
      "https://acme.myshopify.com:8443/",
      "https://acme.myshopify.com.evil.example/",
      "https://evil.example/acme.myshopify.com",
      "https://acme.myshopify.com@evil.example/",
      "https://user@acme.myshopify.com/",
      "https://myshopify.com/",
      "https://a.b.myshopify.com/"
    ]) {
      assert.isFalse(may(url), url)
    }
  })
  it("are one only where something stands in for them", () => {
    assert.isTrue(mayReach(hosts, "http://127.0.0.1:1", new URL("http://127.0.0.1:1/x")))
    assert.isFalse(mayReach(hosts, "http://127.0.0.1:1", new URL("https://acme.myshopify.com/")))
  })
})

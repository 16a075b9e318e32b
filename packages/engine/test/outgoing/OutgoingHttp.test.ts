import { OutgoingHttp, publicLookup, type Resolve } from "@audiences/engine/outgoing/OutgoingHttp"
import { isPublicAddress } from "@audiences/engine/outgoing/PublicAddress"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { vendorServer } from "../../../../tools/vitest/vendors/VendorServer.ts"

const resolvingTo =
  (...addresses: ReadonlyArray<string>): Resolve =>
  (_, __, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }))
    )

describe("a public address", () => {
  it("is none of this machine, a private network, a cloud's metadata, or one of these in disguise", () => {
    for (const address of [
      "0.0.0.0",
      "10.1.2.3",
      "100.64.0.1",
      "127.0.0.1",
      "127.255.255.254",
      "169.254.169.254",
      "172.16.0.1",
      "172.31.255.255",
      "192.168.1.1",
      "198.18.0.1",
      "224.0.0.1",
      "255.255.255.255",
      "::",
      "::1",
      "fe80::1",
      "fc00::1",
      "fd00:ec2::254",
      "ff02::1",
      "::ffff:127.0.0.1",
      "::ffff:7f00:1",
      "64:ff9b::7f00:1",
      "2002:7f00:1::",
      "2001::1",
      "localhost",
      "2130706433",
      ""
    ]) {
      assert.isFalse(isPublicAddress(address), address)
    }
  })

  it("is any other", () => {
    for (const address of ["1.1.1.1", "172.15.0.1", "172.32.0.1", "192.167.1.1", "2606:4700::1111", "2a00:1450::1"]) {
      assert.isTrue(isPublicAddress(address), address)
    }
  })
})

describe("guarded HTTP", () => {
  const refused = (url: string, ...addresses: ReadonlyArray<string>) =>
    Effect.gen(function* () {
      const { guarded } = yield* OutgoingHttp
      const { reason } = yield* Effect.flip(guarded.get(url))
      assert.match(String(reason.cause), /AddressRefused/, url)
    }).pipe(Effect.provide(OutgoingHttp.layerWith(resolvingTo(...addresses))), Effect.scoped)

  it.live("connects to no address of this machine or its network, by name or number", () =>
    Effect.gen(function* () {
      const { asked, origin } = yield* vendorServer(() => ({ body: "inside" }))
      const { port } = new URL(origin)
      for (const host of ["127.0.0.1", "[::1]", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "0"]) {
        yield* refused(`http://${host}:${port}/`, "1.1.1.1")
      }
      yield* refused(`http://a.klaviyo.com:${port}/`, "127.0.0.1")
      yield* refused(`https://a.klaviyo.com:${port}/`, "127.0.0.1", "::1")
      assert.deepStrictEqual(asked, [])
    })
  )

  it("gives the socket the public addresses of one resolution, and no name to resolve again", () => {
    const found = (addresses: ReadonlyArray<string>, all: boolean) => {
      const given: Array<unknown> = []
      publicLookup(resolvingTo(...addresses))("rebinding.example", { all }, (error, address) =>
        given.push(error === null ? address : error.name)
      )
      return given
    }
    assert.deepStrictEqual(found(["127.0.0.1", "1.1.1.1", "::1"], true), [[{ address: "1.1.1.1", family: 4 }]])
    assert.deepStrictEqual(found(["10.0.0.1", "2606:4700::1111"], false), ["2606:4700::1111"])
    assert.deepStrictEqual(found(["10.0.0.1", "fe80::1"], true), ["AddressRefused"])
    assert.deepStrictEqual(found([], true), ["AddressRefused"])
  })

  it.live("leaves the addresses alone that the operator gave", () =>
    Effect.gen(function* () {
      const { origin } = yield* vendorServer(() => ({ body: "inside" }))
      const { unguarded } = yield* OutgoingHttp
      assert.strictEqual(yield* Effect.flatMap(unguarded.get(origin), ({ text }) => text), "inside")
    }).pipe(Effect.provide(OutgoingHttp.layer))
  )
})

import { makeKlaviyo } from "@audiences/engine/connectors/Klaviyo"
import type { VendorUnavailable } from "@audiences/engine/connectors/Connector"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Stream } from "effect"
import { klaviyoServer } from "../../../../tools/vitest/vendors/KlaviyoServer.ts"
import { connected, profilesOf, secrets } from "./Vendors.ts"

const people = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `01H${i}`,
    email: `p${i}@example.com`,
    phone_number: i % 2 === 0 ? `+1555${1_000_000 + i}` : null,
    first_name: "Ada",
    last_name: `L${i}`,
    properties: { plan: "gold", n: i }
  }))

const started = Effect.fnUntraced(function* (count = 250, patience = {}) {
  const list = { kind: "list" as const, id: "Y6nRLr", name: "Newsletter", profiles: people(count) }
  const lists = [list, { ...list, kind: "segment" as const, id: "S1", name: "VIPs", profiles: people(3) }]
  const server = yield* klaviyoServer({ lists })
  const klaviyo = yield* connected(makeKlaviyo, "klaviyo", server.origin, patience)
  return { server, klaviyo, list, lists, credentials: secrets({ apiKey: server.apiKey }) }
})

const ids = (profiles: ReadonlyArray<{ readonly id: string }>) => profiles.map(({ id }) => id)

describe("Klaviyo", () => {
  it.live("lists all lists and segments, over their pages, and counts one", () =>
    Effect.gen(function* () {
      const { credentials, klaviyo, list, lists } = yield* started()
      for (let i = 0; i < 24; i++) lists.push({ ...list, id: `L${i}` })
      const all = yield* Stream.runCollect(klaviyo.lists(credentials))
      assert.sameMembers(ids(all), ids(lists))
      assert.deepStrictEqual(all[0], { kind: "list", id: "Y6nRLr", name: "Newsletter", memberCount: null })
      assert.deepStrictEqual(yield* klaviyo.list(credentials, "segment", "S1"), {
        kind: "segment",
        id: "S1",
        name: "VIPs",
        memberCount: 3
      })
    })
  )

  it.live("streams members with what is known of them, and goes on from any cursor", () =>
    Effect.gen(function* () {
      const { credentials, klaviyo, list, server } = yield* started()
      const pages = yield* Stream.runCollect(klaviyo.members(credentials, "list", list.id, null))
      assert.deepStrictEqual(
        pages.map(({ profiles }) => profiles.length),
        [100, 100, 50]
      )
      assert.deepStrictEqual(pages[0]!.profiles[1], {
        id: "01H1",
        email: "p1@example.com",
        phone: null,
        firstName: "Ada",
        lastName: "L1",
        properties: { plan: "gold", n: 1 }
      })
      assert.isNull(pages[2]!.cursor)
      const rest = yield* profilesOf(klaviyo.members(credentials, "list", list.id, pages[0]!.cursor))
      assert.deepStrictEqual(ids(rest), ids(list.profiles.slice(100)))
      assert.strictEqual(server.asked[0]!.headers.revision, "2026-07-15")
    })
  )

  it.live("hands on a member that is on two pages twice", () =>
    Effect.gen(function* () {
      const { credentials, klaviyo, list } = yield* started()
      list.profiles = [...list.profiles.slice(0, 100), list.profiles[0]!, ...list.profiles.slice(100)]
      const all = yield* profilesOf(klaviyo.members(credentials, "list", list.id, null))
      assert.deepStrictEqual([all.length, all.filter(({ id }) => id === "01H0").length], [251, 2])
    })
  )

  it.live("waits as it is told to, and asks again where the vendor fails or breaks off", () =>
    Effect.gen(function* () {
      const { credentials, klaviyo, list, server } = yield* started()
      server.faults.push(
        { status: 429, headers: { "retry-after": "1" }, body: { errors: [] } },
        { status: 503 },
        "disconnect",
        undefined,
        "breakOff",
        { status: 500, body: "<html>" }
      )
      const began = performance.now()
      const all = yield* profilesOf(klaviyo.members(credentials, "list", list.id, null))
      assert.isAtLeast(performance.now() - began, 990)
      assert.deepStrictEqual(ids(all), ids(list.profiles))
      assert.strictEqual(server.asked.length, 3 + 5)
    })
  )

  it.live("gives up after some failures, and tells how long a throttle lasts that it does not wait for", () =>
    Effect.gen(function* () {
      const { credentials, klaviyo, list, server } = yield* started()
      server.faults.push(...Array(4).fill({ status: 502 }))
      const failed = yield* Effect.flip(profilesOf(klaviyo.members(credentials, "list", list.id, null)))
      assert.deepStrictEqual([failed._tag, failed.message], ["VendorUnavailable", "Klaviyo fails with status 502"])
      assert.strictEqual(server.asked.length, 4)
      server.faults.push({ status: 429, headers: { "retry-after": "59" } })
      const throttled = yield* Effect.flip(klaviyo.list(credentials, "list", list.id))
      assert.strictEqual(Duration.toSeconds((throttled as VendorUnavailable).retryAfter!), 59)
    })
  )

  it.live("gives up on a vendor that fails slowly before it has asked as often as it might", () =>
    Effect.gen(function* () {
      const { credentials, klaviyo, list, server } = yield* started(1, {
        retries: 100,
        failing: Duration.millis(100),
        delay: Duration.millis(60),
        longestDelay: Duration.millis(60)
      })
      server.faults.push(...Array(100).fill({ status: 500 }))
      assert.strictEqual((yield* Effect.flip(klaviyo.list(credentials, "list", list.id)))._tag, "VendorUnavailable")
      assert.isBelow(server.asked.length, 9)
    })
  )

  it.live("leaves a vendor alone that fails again and again", () =>
    Effect.gen(function* () {
      const { credentials, klaviyo, list, server } = yield* started(1, { retries: 0 })
      server.faults.push(...Array(10).fill({ status: 500 }))
      for (let i = 0; i < 10; i++) yield* Effect.flip(klaviyo.list(credentials, "list", list.id))
      const refused = yield* Effect.flip(klaviyo.list(credentials, "list", list.id))
      assert.match(refused.message, /left alone for a while/)
      assert.strictEqual(server.asked.length, 10)
    })
  )

  it.live("tells refused credentials, lists that are not there and cursors that are over apart", () =>
    Effect.gen(function* () {
      const { credentials, klaviyo, list, server } = yield* started()
      const tagOf = (cursor: string | null, id = list.id, as = credentials, kind = "list") =>
        Effect.map(Effect.flip(profilesOf(klaviyo.members(as, kind, id, cursor))), ({ _tag }) => _tag)
      assert.strictEqual(yield* tagOf(null, list.id, secrets({ apiKey: "pk_wrong" })), "CredentialsRefused")
      for (const id of ["gone", "", ".", "..", "../lists", "%2e%2e"])
        assert.strictEqual(yield* tagOf(null, id), "ListNotFound")
      assert.strictEqual(yield* tagOf(null, list.id, credentials, "flow"), "ListNotFound")
      const [page] = yield* Stream.runCollect(Stream.take(klaviyo.members(credentials, "list", list.id, null), 1))
      server.expireCursors()
      assert.strictEqual(yield* tagOf(page!.cursor), "CursorExpired")
      assert.strictEqual(yield* tagOf("no cursor of theirs"), "CursorExpired")
    })
  )

  it.live("refuses answers of another form, without a word of what is in them", () =>
    Effect.gen(function* () {
      const { credentials, klaviyo, list, server } = yield* started()
      for (const body of [
        "not JSON ada@example.com",
        { data: [{ id: 5, attributes: { email: "ada@example.com" } }] },
        {},
        []
      ]) {
        server.faults.push({ body })
        const failed = yield* Effect.flip(profilesOf(klaviyo.members(credentials, "list", list.id, null)))
        assert.strictEqual(failed._tag, "VendorAnswerUnexpected")
        assert.notInclude(failed.message, "ada@")
      }
    })
  )

  it.live("does not turn in a circle when a page leads to itself", () =>
    Effect.gen(function* () {
      const { credentials, klaviyo, list, server } = yield* started()
      const circle = { data: [], links: { next: `${server.origin}/api/x?page[cursor]=same` } }
      server.faults.push(...Array(3).fill({ body: circle }))
      const failed = yield* Effect.flip(profilesOf(klaviyo.members(credentials, "list", list.id, null)))
      assert.strictEqual(failed._tag, "VendorAnswerUnexpected")
    })
  )
})

import type { Credentials } from "@audiences/engine/connectors/Connector"
import { VendorStandIns } from "@audiences/engine/connectors/VendorHosts"
import { OutgoingHttp } from "@audiences/engine/outgoing/OutgoingHttp"
import { makeContractServer } from "@audiences/server/connectors/ContractServer"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Redacted, Stream } from "effect"
import { HttpServer } from "effect/http"
import { NetAddress } from "effect/net"
import { ask, json } from "../Answer.ts"
import { freshKey, TestServer } from "../TestServer.ts"

const people = 230

const unknownId = "0190a000-0000-7000-8000-00000000ffff"

const origin = Effect.map(HttpServer.HttpServer, ({ address }) =>
  NetAddress.formatUrlUnsafe(address).replace(/\/$/, "")
)

/** The connector, allowed to look for its servers where the test runs one. */
const connector = Effect.gen(function* () {
  const standIns = new Map([["fanfare", new URL(yield* origin).origin]])
  return yield* Effect.provideService(makeContractServer, VendorStandIns, standIns)
})

const credentials = Effect.fnUntraced(function* (apiKey: string) {
  const found: Credentials = { url: Redacted.make(`${yield* origin}/api`), apiKey: Redacted.make(apiKey) }
  return found
})

/** An organization with a list of everybody. */
const filled = Effect.gen(function* () {
  const { key } = yield* freshKey
  const consumers = Array.from({ length: people }, (_, i) => ({
    ...(i % 2 === 0 ? { email: `p${i}@example.com` } : { externalId: `x${i}` }),
    emailVerified: false,
    phoneVerified: false,
    status: "ACTIVE",
    fullName: `Ünïcode ${i}`,
    totalOrders: i,
    metadata: { plan: "pro" }
  }))
  const { json: written } = yield* ask("/api/consumers/batch", { key, ...json({ consumers }) })
  const { json: list } = yield* ask("/api/audiences", { key, ...json({ name: "Press", type: "STATIC_LIST" }) })
  yield* ask(`/api/audiences/${list.id}/members`, {
    key,
    ...json({ consumerIds: written.map(({ id }: { id: string }) => id) })
  })
  return { key, listId: String(list.id) }
})

layer(Layer.merge(TestServer, OutgoingHttp.layer), { excludeTestServices: true })(
  "another server of the contract",
  (it) => {
    it.effect("names its audiences, and gives their members page by page, also from a cursor on", () =>
      Effect.gen(function* () {
        const { key, listId } = yield* filled
        const account = yield* credentials(key)
        const { list, lists, members } = yield* connector
        const press = { kind: "audience", id: listId, name: "Press" }
        assert.deepStrictEqual(yield* Stream.runCollect(lists(account)), [{ ...press, memberCount: null }])
        assert.deepStrictEqual(yield* list(account, "audience", listId), { ...press, memberCount: people })
        const pages = yield* Stream.runCollect(members(account, "audience", listId, null))
        const profiles = pages.flatMap((page) => page.profiles)
        assert.deepStrictEqual(
          pages.map((page) => page.profiles.length),
          [100, 100, 30]
        )
        assert.strictEqual(new Set(profiles.map(({ id }) => id)).size, people)
        const named = profiles.find(({ id }) => id === "x7")
        assert.deepInclude(named, { email: null, phone: null, firstName: "Ünïcode 7", lastName: null })
        assert.deepInclude(named?.properties, { plan: "pro", totalOrders: 7 })
        const rest = yield* Stream.runCollect(members(account, "audience", listId, pages[0]!.cursor))
        assert.deepStrictEqual(rest, pages.slice(1))
        assert.isNull(pages[2]!.cursor)
      })
    )

    it.effect(
      "tells a wrong key, an unknown audience, a cursor that is over and an address inside from each other",
      () =>
        Effect.gen(function* () {
          const { key, listId } = yield* filled
          const { list, members } = yield* connector
          const account = yield* credentials(key)
          const failing = (credentials: Credentials, id: string, since: string | null = null) =>
            Effect.map(
              Effect.flip(Stream.runDrain(members(credentials, "audience", id, since))),
              (error): string => error._tag
            )
          assert.strictEqual(yield* failing(yield* credentials("sk_live_wrong"), listId), "CredentialsRefused")
          assert.strictEqual(yield* failing({}, listId), "CredentialsRefused")
          assert.strictEqual(yield* failing(account, unknownId), "ListNotFound")
          assert.strictEqual(yield* failing(account, "no id"), "ListNotFound")
          assert.strictEqual((yield* Effect.flip(list(account, "audience", unknownId)))._tag, "ListNotFound")
          assert.strictEqual(yield* failing(account, listId, "over"), "CursorExpired")
          const elsewhere = { ...account, url: Redacted.make("http://127.0.0.1:1/api") }
          assert.strictEqual(yield* failing(elsewhere, listId), "CredentialsRefused")
          const guarded = yield* makeContractServer
          const inside = yield* Effect.flip(guarded.list(account, "audience", listId))
          assert.strictEqual(inside._tag, "VendorAnswerUnexpected")
          assert.include(inside.message, "127.0.0.1 is no address of the public internet")
        })
    )
  }
)

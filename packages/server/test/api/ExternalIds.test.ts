import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ask, json } from "../Answer.ts"
import { freshKey, TestServer } from "../TestServer.ts"

const known = { emailVerified: false, phoneVerified: false, status: "ACTIVE" }

const batch = (key: string, externalId: string) =>
  ask("/api/consumers/batch", { key, ...json({ consumers: [{ ...known, externalId }] }) })

layer(TestServer, { excludeTestServices: true })("external ids", (it) => {
  it.effect("are the same with spaces around them, in batches, orders and checks, as in a file", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const [made] = (yield* batch(key, " A-1\t")).json
      assert.strictEqual(made.primaryExternalId, "A-1")
      const [again] = (yield* batch(key, "\u00a0a-1 ")).json
      assert.strictEqual(again.id, made.id)

      const ordered = yield* ask("/api/orders/batch", {
        key,
        ...json({ orders: [{ orderId: " 7 ", externalId: "A-1 ", orderedAt: "2026-01-01", total: "5" }] })
      })
      assert.deepStrictEqual(
        ordered.json.orders.map((order: Record<string, unknown>) => [order.orderId, order.consumerId]),
        [["7", made.id]]
      )

      const list = (yield* ask("/api/audiences", { key, ...json({ name: "List", type: "STATIC_LIST" }) })).json
      yield* ask(`/api/audiences/${list.id}/members`, { key, ...json({ consumerIds: [made.id] }) })
      const check = yield* ask(`/api/audiences/${list.id}/members/check`, {
        key,
        ...json({ consumers: [{ externalId: " A-1 " }] })
      })
      assert.strictEqual(check.json.results[0].consumerId, made.id)
    })
  )

  it.effect("of nothing but spaces are none, and refused", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const { json, status } = yield* batch(key, " \t ")
      assert.strictEqual(status, 400)
      assert.deepStrictEqual(
        json.issues.map((issue: { path: ReadonlyArray<{ key: unknown }> }) => issue.path.map(({ key }) => key)),
        [["consumers", 0, "externalId"]]
      )
    })
  )
})

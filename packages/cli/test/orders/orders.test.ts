import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { consumerId } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const order = (n: number) => ({ orderId: `A-${n}`, consumerId, orderedAt: "2026-01-31T00:00:00.000Z", total: "19.90" })
const written = (orders: ReadonlyArray<object>) => ({
  body: { orders: orders.map((one) => ({ ...one, result: "created" })) }
})

describe("audiences orders batch", () => {
  it.live("writes a file in pieces of 500", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer({ "POST /orders/batch": ({ body }) => written(JSON.parse(body).orders) })
      const stdin = Array.from({ length: 501 }, (_, n) => JSON.stringify(order(n))).join("\n")
      const { exitCode, lines, stderr } = yield* typed(["orders", "batch", "-"], { env: { AUDIENCES_URL: url }, stdin })
      assert.strictEqual(exitCode, 0)
      assert.lengthOf(lines, 501)
      assert.deepStrictEqual(JSON.parse(lines[500]!), { ...order(500), result: "created" })
      assert.match(stderr, /501 orders written/)
      assert.deepStrictEqual(
        asked.map(({ body }) => JSON.parse(body).orders.length),
        [500, 1]
      )
    })
  )

  it.live("tells what is written when a later piece is refused, counted from the start of the file", () =>
    Effect.gen(function* () {
      const { url } = yield* fakeServer({ "POST /orders/batch": ({ body }) => written(JSON.parse(body).orders) })
      const orders = Array.from({ length: 502 }, (_, n) => (n === 501 ? { ...order(n), total: "much" } : order(n)))
      const { exitCode, stderr } = yield* typed(["orders", "batch", "-"], {
        env: { AUDIENCES_URL: url },
        stdin: JSON.stringify({ orders })
      })
      assert.strictEqual(exitCode, 1)
      assert.match(stderr, /^The first 500 orders are written/m)
      assert.match(stderr, /^orders\[501\]\.total: /m)
    })
  )
})

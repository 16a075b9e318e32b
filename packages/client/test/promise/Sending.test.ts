import { assert, describe, it } from "@effect/vitest"
import { audienceFull, audienceId } from "../examples.ts"
import { clientOf, failure } from "./webHost.ts"

const ok = Response.json(audienceFull)
const busy = Response.json({ error: "busy" }, { status: 503 })
const unknownKey = Response.json({ error: "Authentication required" }, { status: 401 })

const reasonOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => assert.fail("The call succeeded"),
    (error: unknown) => error
  )

describe("a call of the Promise client", () => {
  it("keeps one idempotency key and one request id over its attempts, and takes others for the next", async () => {
    const limited = Response.json({ error: "Rate limit exceeded" }, { status: 429 })
    const { asked, client } = clientOf([limited, ok, ok])
    await client.audiences.create({ name: "VIPs", type: "DYNAMIC" })
    await client.audiences.create({ name: "VIPs", type: "DYNAMIC" })
    for (const name of ["idempotency-key", "x-request-id"]) {
      const [first, again, next] = asked.map(({ headers }) => headers.get(name))
      assert.isString(first)
      assert.strictEqual(first, again)
      assert.notStrictEqual(first, next)
    }
  })

  it("takes the idempotency key and the request id that it is given", async () => {
    const { asked, client } = clientOf([ok])
    const given = client.with({ idempotencyKey: "order-7", requestId: "r-7" })
    await given.audiences.create({ name: "VIPs", type: "DYNAMIC" })
    await given.audiences.get(audienceId)
    assert.deepStrictEqual(
      asked.map(({ headers }) => [headers.get("idempotency-key"), headers.get("x-request-id")]),
      [
        ["order-7", "r-7"],
        [null, "r-7"]
      ]
    )
  })

  it("is tried again as often as told, and then fails with the last answer", async () => {
    const { asked, client } = clientOf([busy], { retry: { retries: 2 } })
    assert.strictEqual((await failure(client.audiences.get(audienceId))).kind, "ServerError")
    assert.lengthOf(asked, 3)
    await failure(client.with({ retry: { retries: 0 } }).audiences.get(audienceId))
    assert.lengthOf(asked, 4)
  })

  it("renews a key that the server does not know, once, and for all calls of the moment together", async () => {
    const keys = ["old", "new"]
    let asks = 0
    const { asked, client } = clientOf([unknownKey, unknownKey, ok], { apiKey: async () => `${keys[asks++]}\n` })
    await Promise.all([client.audiences.get(audienceId), client.audiences.get(audienceId)])
    assert.strictEqual(asks, 2)
    assert.deepStrictEqual(asked.map(({ headers }) => headers.get("authorization")).sort(), [
      "Bearer new",
      "Bearer new",
      "Bearer old",
      "Bearer old"
    ])
  })

  it("fails with Unauthorized when there is no other key", async () => {
    for (const apiKey of ["static", () => "same"]) {
      const { asked, client } = clientOf([unknownKey], { apiKey })
      assert.strictEqual((await failure(client.audiences.get(audienceId))).kind, "Unauthorized")
      assert.lengthOf(asked, 1)
    }
    const { asked, client } = clientOf([unknownKey], { apiKey: () => String(asked.length) })
    await failure(client.audiences.get(audienceId))
    assert.lengthOf(asked, 2)
  })

  it("asks for a key again after it could not be had", async () => {
    let asks = 0
    const { client } = clientOf([ok], {
      apiKey: () => {
        if (asks++ === 0) throw new Error("vault is closed")
        return "sk"
      }
    })
    const error = await reasonOf(client.audiences.get(audienceId))
    assert.match(String(error), /vault is closed/)
    assert.strictEqual((await client.audiences.get(audienceId)).id, audienceId)
  })

  it("gives an attempt up after its time, and tries again", async () => {
    // Long enough for the second attempt on a busy machine.
    const { asked, client } = clientOf(["silent", ok], { timeoutMillis: 500 })
    assert.strictEqual((await client.audiences.get(audienceId)).id, audienceId)
    assert.lengthOf(asked, 2)
    const late = await failure(
      clientOf(["silent"], { timeoutMillis: 5 }).client.audiences.create({ name: "x", type: "DYNAMIC" })
    )
    assert.deepInclude({ ...late }, { kind: "NoAnswer", status: 0 })
    assert.match(late.message, /nothing came within 0.005 s/)
    assert.isString(late.requestId)
  })

  it("gives all attempts together up after the time of a call", async () => {
    const { client } = clientOf(["silent"], { callTimeoutMillis: 5 })
    assert.match((await failure(client.audiences.get(audienceId))).message, /given up after 0.005 s/)
    const waiting = clientOf([busy], { callTimeoutMillis: 5, retry: { delayMillis: 60_000 } })
    assert.match((await failure(waiting.client.audiences.get(audienceId))).message, /given up after 0.005 s/)
  })

  it("ends with the reason of the caller's signal, asked or waiting, before or after", async () => {
    const reason = new Error("the user went away")
    for (const turn of ["silent", busy] as const) {
      const { client } = clientOf([turn], { retry: { delayMillis: 60_000 } })
      const gone = new AbortController()
      const call = client.with({ signal: gone.signal }).audiences.get(audienceId)
      setTimeout(() => gone.abort(reason), 1)
      assert.strictEqual(await reasonOf(call), reason)
      const again = client.with({ signal: gone.signal }).audiences.get(audienceId)
      assert.strictEqual(await reasonOf(again), reason)
    }
  })

  it("stops asking a server that keeps failing", async () => {
    const { asked, client } = clientOf([busy], {
      retry: { retries: 0 },
      circuitBreaker: { failures: 3, openMillis: 60_000 }
    })
    const kinds: Array<string> = []
    for (let i = 0; i < 5; i++) kinds.push((await failure(client.audiences.get(audienceId))).kind)
    assert.deepStrictEqual(kinds, ["ServerError", "ServerError", "ServerError", "CircuitOpen", "CircuitOpen"])
    assert.lengthOf(asked, 3)
  })

  it("spends no more on retries than all calls may together", async () => {
    const { asked, client } = clientOf([busy], { retryBudget: { retries: 3, perSuccess: 1 }, retry: { retries: 2 } })
    for (let i = 0; i < 4; i++) await failure(client.audiences.get(audienceId))
    assert.lengthOf(asked, 4 + 3)
  })

  it("waits out a rate limit whatever is left of the budget", async () => {
    const limited = Response.json({ error: "Rate limit exceeded" }, { status: 429 })
    const { client } = clientOf([limited, limited, ok], { retryBudget: { retries: 0, perSuccess: 0 } })
    assert.strictEqual((await client.audiences.get(audienceId)).id, audienceId)
  })

  it("tells nobody what was searched for", async () => {
    const told: Array<string> = []
    const { client } = clientOf([new Error("refused")], {
      retry: { retries: 0 },
      hooks: { onResponse: ({ url }) => told.push(url) },
      tracer: { startSpan: (name, attributes) => (told.push(name, JSON.stringify(attributes)), { end: () => {} }) }
    })
    const error = await failure(client.consumers.list({ search: "ada@example.com" }))
    assert.notInclude([error.message, ...told].join(" "), "ada")
  })

  it("tells hooks of every attempt, and sends the headers that they add", async () => {
    const told: Array<unknown> = []
    const { asked, client } = clientOf([busy, ok], {
      hooks: {
        onRequest: ({ attempt, headers }) => headers.set("x-team", `checkout-${attempt}`),
        onResponse: ({ attempt, status, url }) => told.push([attempt, status, url]),
        onRetry: ({ attempt, waitMillis }) => told.push(["retry", attempt, waitMillis])
      }
    })
    await client.audiences.get(audienceId)
    const url = `http://host.test/api/audiences/${audienceId}`
    assert.deepStrictEqual(told, [
      [1, 503, url],
      ["retry", 1, 0],
      [2, 200, url]
    ])
    assert.deepStrictEqual(
      asked.map(({ headers }) => headers.get("x-team")),
      ["checkout-1", "checkout-2"]
    )
  })

  it("makes a span without ids in its name, which the server goes on from", async () => {
    const ended: Array<unknown> = []
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    const { asked, client } = clientOf([busy, ok, Response.json({ error: "gone" }, { status: 404 })], {
      tracer: { startSpan: (name) => ({ traceparent, end: (outcome) => ended.push([name, outcome]) }) }
    })
    await client.audiences.get(audienceId)
    const error = await failure(client.rules.get(audienceId, "r1"))
    assert.deepStrictEqual(ended, [
      ["GET /audiences/:id", { status: 200, attempts: 2 }],
      ["GET /audiences/:id/rules/:id", { status: 404, attempts: 1, error }]
    ])
    assert.isTrue(asked.every(({ headers }) => headers.get("traceparent") === traceparent))
  })

  it("says where each problem of a request is", async () => {
    const at = (...keys: ReadonlyArray<string | number>) =>
      keys.map((key) => ({ type: "object", origin: "value", key }))
    const issues = [
      { message: "Expected a number", path: at("rules", 0, "values", 1) },
      { message: "Too long", path: at("metadata", "first name", "é") },
      { message: "Unreadable", path: "?" },
      "not of the contract"
    ]
    const error = await failure(
      clientOf([Response.json({ error: "validation_error", issues }, { status: 400 })]).client.audiences.update("x", {})
    )
    assert.strictEqual(error.kind, "ValidationError")
    assert.deepStrictEqual(error.problems, [
      { path: "rules[0].values[1]", message: "Expected a number" },
      { path: `metadata["first name"].é`, message: "Too long" },
      { path: "", message: "Unreadable" },
      { path: "", message: `"not of the contract"` }
    ])
    assert.match(error.message, /^validation_error: rules\[0\]\.values\[1\]: Expected a number; /)
  })
})

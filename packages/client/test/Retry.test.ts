import { assert, describe, it } from "@effect/vitest"
import { Clock, DateTime, Effect, Exit, Fiber } from "effect"
import { HttpClient, HttpClientRequest, type HttpMethod } from "effect/http"
import { TestClock } from "effect/testing"
import { Retry, type RetryPolicy } from "@audiences/client/Retry"
import { fakeHost, json, type Turn } from "./fakeHost.ts"

const ok = json({ ok: true })

/** Runs one call with all the time it wants, and tells how many attempts it took and how long. */
const call = (
  method: HttpMethod.HttpMethod,
  turns: readonly [Turn, ...Array<Turn>],
  policy: Partial<RetryPolicy> = {}
) =>
  Effect.gen(function* () {
    const { client, requests } = fakeHost(...turns)
    const retry = yield* Retry
    let endedAt = -1
    const fiber = yield* retry(client)
      .execute(HttpClientRequest.make(method)("http://host.test/x"))
      .pipe(
        Effect.tap(() => Effect.map(Clock.currentTimeMillis, (now) => (endedAt = now))),
        Effect.exit,
        Effect.forkChild
      )
    yield* TestClock.adjust("10 minutes")
    const exit = yield* Fiber.join(fiber)
    return {
      attempts: requests.length,
      endedAt,
      outcome: Exit.isSuccess(exit) ? exit.value.status : ("fault" as const)
    }
  }).pipe(Effect.provide(Retry.layer(policy)))

describe("Retry", () => {
  const table: ReadonlyArray<readonly [HttpMethod.HttpMethod, Turn, string, boolean]> = [
    ...(["GET", "PUT", "DELETE"] as const).flatMap(
      (method) =>
        [
          [method, "refused", "a transport fault", true],
          [method, json({}, 429), "429", true],
          [method, json({}, 503), "503", true],
          [method, json({}, 500), "500", false],
          [method, json({}, 502), "502", false],
          [method, json({}, 404), "404", false]
        ] as const
    ),
    ["POST", json({}, 429), "429", true],
    ["POST", "refused", "a transport fault", false],
    ["POST", json({}, 503), "503", false],
    ["POST", json({}, 500), "500", false],
    ["POST", json({}, 409), "409", false],
    ["POST", json({}, 409, { "retry-after": "1" }), "409 that says when to come back", true]
  ]
  for (const [method, turn, name, retried] of table) {
    it.effect(`${retried ? "tries" : "does not try"} ${method} again after ${name}`, () =>
      Effect.gen(function* () {
        const { attempts, outcome } = yield* call(method, [turn, ok])
        assert.strictEqual(attempts, retried ? 2 : 1)
        assert.strictEqual(outcome, retried ? 200 : turn === "refused" ? "fault" : (turn as Response).status)
      })
    )
  }

  it.effect("tries a POST again like any other, and after other answers, where it is told that it may", () =>
    Effect.gen(function* () {
      for (const turn of ["refused", json({}, 503), json({}, 502)] as const) {
        const told = yield* call("POST", [turn, ok], { posts: true, statuses: [502, 503] })
        assert.deepInclude(told, { attempts: 2, outcome: 200 })
      }
      assert.strictEqual((yield* call("POST", [json({}, 500)], { posts: true })).attempts, 1)
    })
  )

  it.effect("gives the last answer after the allowed number of retries", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* call("GET", [json({}, 503)], { retries: 3 }), { attempts: 4, outcome: 503 })
      assert.deepInclude(yield* call("GET", ["refused"], { retries: 2 }), { attempts: 3, outcome: "fault" })
      assert.deepInclude(yield* call("GET", [json({}, 503)], { retries: 0 }), { attempts: 1, outcome: 503 })
    })
  )

  it.effect(
    "waits longer than its retries for a request of the same key that is being answered, but not for ever",
    () =>
      Effect.gen(function* () {
        const inFlight = json({}, 409, { "retry-after": "1" })
        const waited = yield* call("POST", [inFlight, ...Array<Turn>(8).fill(inFlight), ok], { retries: 2 })
        assert.deepInclude(waited, { attempts: 10, outcome: 200 })
        const startedAt = yield* Clock.currentTimeMillis
        const gaveUp = yield* call("POST", [inFlight], { retries: 2, total: "20 seconds" })
        assert.strictEqual(gaveUp.outcome, 409)
        assert.isAtMost(gaveUp.endedAt - startedAt, 20_000)
        assert.deepInclude(yield* call("POST", [inFlight], { retries: 0 }), { attempts: 1, outcome: 409 })
      })
  )

  it.effect("doubles the wait, shortened at random by at most half, up to the longest", () =>
    Effect.gen(function* () {
      const { endedAt } = yield* call("GET", [json({}, 503)], {
        retries: 4,
        delay: "1 second",
        longestDelay: "2 seconds"
      })
      assert.isAtLeast(endedAt, (1000 + 2000 + 2000 + 2000) / 2)
      assert.isAtMost(endedAt, 1000 + 2000 + 2000 + 2000)
    })
  )

  it.effect("waits no less than Retry-After in seconds, and little more", () =>
    Effect.gen(function* () {
      const { attempts, endedAt } = yield* call("POST", [json({}, 429, { "retry-after": "20" }), ok])
      assert.strictEqual(attempts, 2)
      assert.isAtLeast(endedAt, 20_000)
      assert.isAtMost(endedAt, 20_250)
    })
  )

  it.effect("waits until Retry-After as an HTTP date", () =>
    Effect.gen(function* () {
      const date = DateTime.toDateUtc(DateTime.makeUnsafe(12_000)).toUTCString()
      const { attempts, endedAt } = yield* call("GET", [json({}, 503, { "retry-after": date }), ok])
      assert.strictEqual(attempts, 2)
      assert.isAtLeast(endedAt, 12_000)
      assert.isAtMost(endedAt, 12_250)
    })
  )

  it.effect("backs off as usual when Retry-After is past or makes no sense", () =>
    Effect.gen(function* () {
      for (const header of ["0", "Thu, 01 Jan 1970 00:00:00 GMT", "soon"]) {
        const { attempts, endedAt } = yield* call("GET", [json({}, 503, { "retry-after": header }), ok])
        assert.strictEqual(attempts, 2)
        assert.isAtMost(endedAt - (yield* Clock.currentTimeMillis), 0)
      }
    })
  )

  it.effect("gives the answer at once when Retry-After is beyond the total", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* call("GET", [json({}, 429, { "retry-after": "3600" }), ok]), {
        attempts: 1,
        endedAt: 0,
        outcome: 429
      })
    })
  )

  it.effect("stops when the next wait would pass the total", () =>
    Effect.gen(function* () {
      const { attempts, endedAt, outcome } = yield* call("GET", [json({}, 429, { "retry-after": "4" })], {
        retries: 99,
        total: "10 seconds"
      })
      assert.strictEqual(outcome, 429)
      assert.strictEqual(attempts, 3)
      assert.isAtMost(endedAt, 10_000)
    })
  )

  it.effect("can be left out", () =>
    Effect.gen(function* () {
      const { client, requests } = fakeHost(json({}, 503), ok)
      const response = yield* (yield* Retry)(client).execute(HttpClientRequest.get("http://host.test/x"))
      assert.strictEqual(response.status, 503)
      assert.lengthOf(requests, 1)
    }).pipe(Effect.provide(Retry.layerNone))
  )

  it.effect("prepares the request anew for each attempt", () =>
    Effect.gen(function* () {
      const { client, requests } = fakeHost(json({}, 503), ok)
      let key = 0
      const renewing = HttpClient.mapRequest(client, (request) =>
        HttpClientRequest.bearerToken(request, `key-${++key}`)
      )
      const fiber = yield* Effect.forkChild(
        (yield* Retry)(renewing).execute(HttpClientRequest.get("http://host.test/x"))
      )
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(
        requests.map((request) => request.headers.authorization),
        ["Bearer key-1", "Bearer key-2"]
      )
    }).pipe(Effect.provide(Retry.layer()))
  )
})

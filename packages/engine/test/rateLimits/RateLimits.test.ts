import { OrganizationId } from "@audiences/domain/Organization"
import { type RateLimitGrant, RateLimitRepo } from "@audiences/engine/rateLimits/RateLimitRepo"
import { DefaultRateLimits, RateLimits } from "@audiences/engine/rateLimits/RateLimits"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"

const organizationId = OrganizationId.make("0190a000-0000-7000-8000-000000000001")

/** A database that can be away or hang, and counts how often it is asked. */
const fakeRepo = (limit: number) => {
  const state = { limit, mode: "there" as "there" | "away" | "hanging", asked: 0, minute: -1, used: 0 }
  const take = Effect.gen(function* () {
    state.asked++
    if (state.mode === "away") return yield* Effect.die(new Error("connection refused"))
    if (state.mode === "hanging") return yield* Effect.never
    const now = yield* Clock.currentTimeMillis
    const minute = Math.floor(now / 60_000)
    if (minute !== state.minute) Object.assign(state, { minute, used: 0 })
    const granted = Math.min(Math.ceil(state.limit / 20), state.limit - state.used)
    state.used += granted
    const resetsAt = (minute + 1) * 60
    const grant: RateLimitGrant = {
      limit: state.limit,
      granted,
      left: state.limit - state.used,
      resetsAt,
      millisLeft: resetsAt * 1000 - now
    }
    return grant
  })
  const layer = RateLimits.layer.pipe(
    Layer.provide([
      Layer.succeed(RateLimitRepo, {
        take: (_, kind) =>
          kind === "api" ? take : Effect.succeed({ limit: 0, granted: 0, left: 0, resetsAt: 60, millisLeft: 120_000 })
      }),
      Layer.succeed(DefaultRateLimits, { api: limit, gate: 0 })
    ])
  )
  return { state, layer }
}

const count = Effect.flatMap(RateLimits, (limits) => limits.count(organizationId, "api"))

/** How many of so many requests are allowed. */
const allowedOf = (requests: number) =>
  Effect.map(
    Effect.all(Array.from({ length: requests }, () => count)),
    (all) => all.filter((allowance) => allowance?.allowed).length
  )

describe("RateLimits", () => {
  it.effect("allows the limit and no more, and says what is left and until when", () => {
    const { layer, state } = fakeRepo(100)
    return Effect.gen(function* () {
      yield* TestClock.adjust("90 seconds")
      assert.deepStrictEqual(yield* count, { allowed: true, limit: 100, remaining: 99, resetsAt: 120, secondsLeft: 30 })
      assert.strictEqual(yield* allowedOf(200), 99)
      yield* TestClock.adjust("12500 millis")
      assert.deepStrictEqual(yield* count, { allowed: false, limit: 100, remaining: 0, resetsAt: 120, secondsLeft: 18 })
      assert.strictEqual(state.asked, 20)
    }).pipe(Effect.provide(layer))
  })

  it.effect("begins anew with each minute, and keeps nothing of the last", () => {
    const { layer } = fakeRepo(40)
    return Effect.gen(function* () {
      assert.strictEqual(yield* allowedOf(1), 1)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* allowedOf(100), 40)
    }).pipe(Effect.provide(layer))
  })

  it.effect("asks once for all that come together", () => {
    const { layer, state } = fakeRepo(1000)
    return Effect.gen(function* () {
      yield* Effect.all(
        Array.from({ length: 50 }, () => count),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(state.asked, 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("allows what the process alone may when the database is away, and asks it again soon", () => {
    const { layer, state } = fakeRepo(100)
    return Effect.gen(function* () {
      assert.strictEqual(yield* allowedOf(10), 10)
      state.mode = "away"
      assert.strictEqual(yield* allowedOf(500), 90, "nobody is locked out, and the limit still holds")
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* allowedOf(7), 7)
      state.mode = "there"
      const asked = state.asked
      yield* allowedOf(10)
      assert.isAbove(state.asked, asked)
      assert.isAbove(state.used, 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect("waits a second for a database that hangs, and no longer", () => {
    const { layer, state } = fakeRepo(100)
    state.mode = "hanging"
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(count)
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(fiber))?.allowed, true)
    }).pipe(Effect.provide(layer))
  })

  it.effect("does not wait where there was no limit, and learns of one in the background", () => {
    const { layer, state } = fakeRepo(0)
    return Effect.gen(function* () {
      assert.isUndefined(yield* count)
      yield* TestClock.adjust("1 minute")
      Object.assign(state, { mode: "hanging", asked: 0 })
      for (let i = 0; i < 10; i++) assert.isUndefined(yield* count)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(state.asked, 1)
      Object.assign(state, { mode: "there", limit: 5 })
      yield* TestClock.adjust("1 minute")
      yield* count
      yield* TestClock.adjust("1 milli")
      assert.strictEqual(yield* allowedOf(10), 5)
    }).pipe(Effect.provide(layer))
  })

  it.effect("counts each kind of request by itself", () => {
    const { layer } = fakeRepo(3)
    return Effect.gen(function* () {
      const limits = yield* RateLimits
      assert.strictEqual(yield* allowedOf(5), 3)
      assert.isUndefined(yield* limits.count(organizationId, "gate"))
    }).pipe(Effect.provide(layer))
  })

  it.effect("counts without waiting what it knows enough of, in one with those who wait", () => {
    const { layer, state } = fakeRepo(40)
    return Effect.gen(function* () {
      const limits = yield* RateLimits
      const recalled = () => limits.recall(organizationId, "api")
      assert.isNull(recalled(), "nobody asked for this minute yet")
      yield* count
      assert.deepInclude(recalled(), { allowed: true, remaining: 38 })
      assert.isNull(recalled(), "the share of two is used up")
      assert.strictEqual(yield* allowedOf(100), 38)
      assert.deepInclude(recalled(), { allowed: false, remaining: 0 })
      const { asked } = state
      yield* TestClock.adjust("1 minute")
      assert.isNull(recalled())
      assert.strictEqual(state.asked, asked)
      yield* limits.count(organizationId, "gate")
      assert.isUndefined(limits.recall(organizationId, "gate"))
    }).pipe(Effect.provide(layer))
  })
})

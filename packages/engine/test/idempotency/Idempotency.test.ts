import { OrganizationId } from "@audiences/domain/Organization"
import { Idempotency, type IdempotentRequest, type KeptAnswer } from "@audiences/engine/idempotency/Idempotency"
import { IdempotencyRepo, type KeyState } from "@audiences/engine/idempotency/IdempotencyRepo"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"

const request: IdempotentRequest = {
  organizationId: OrganizationId.make("0190a000-0000-7000-8000-000000000001"),
  method: "POST",
  path: "/consumers/batch",
  query: "{}",
  key: "k-1",
  body: new TextEncoder().encode("{}"),
  secretKey: Redacted.make("sk_live_mine")
}

/** Of one key. */
const fakeRepo = () => {
  const state = { kept: undefined as KeyState | undefined, renewed: 0, released: 0, broken: false }
  const layer = Idempotency.layer.pipe(
    Layer.provide(
      Layer.succeed(IdempotencyRepo, {
        claim: () => {
          const known = state.kept
          if (known !== undefined) return Effect.succeed(known)
          state.kept = { _tag: "InFlight", sameBody: true }
          return Effect.succeed({ _tag: "Claimed", claim: "c" } as const)
        },
        renew: () => Effect.sync(() => void state.renewed++),
        complete: (_, __, answer) =>
          state.broken
            ? Effect.die(new Error("connection refused"))
            : Effect.sync(() => void (state.kept = { _tag: "Answered", sameBody: true, answer })),
        release: () =>
          Effect.sync(() => {
            state.released++
            state.kept = undefined
          }),
        prune: Effect.void
      })
    )
  )
  return { state, layer }
}

const text = (body: string): KeptAnswer => ({
  status: 200,
  contentType: "text/plain",
  body: new TextEncoder().encode(body)
})

/** Answers are compressed elsewhere, which takes real time. */
const untilKept = (state: { readonly kept: KeyState | undefined }) =>
  Effect.promise(async () => {
    while (state.kept?._tag !== "Answered") await new Promise((resolve) => setTimeout(resolve, 1))
  })

const once = <E>(work: Effect.Effect<string, E>, given: Partial<IdempotentRequest> = {}, keep = text) =>
  Effect.flatMap(Idempotency, (idempotency) =>
    idempotency.once({ ...request, ...given }, work, (body): KeptAnswer | undefined => keep(body))
  )

describe("Idempotency", () => {
  it.effect("does the work once and tells its answer again, byte for byte, which is kept unreadable", () => {
    const { layer, state } = fakeRepo()
    return Effect.gen(function* () {
      const secret = "sk_live_shown_once ".repeat(50)
      assert.deepStrictEqual(yield* once(Effect.succeed(secret)), { _tag: "Done", response: secret })
      const again = yield* once(Effect.die("done twice"))
      assert(again._tag === "Replayed")
      assert.strictEqual(new TextDecoder().decode(again.answer.body), secret)
      assert.deepInclude(again.answer, { status: 200, contentType: "text/plain" })
      assert(state.kept?._tag === "Answered")
      assert.notInclude(Buffer.from(state.kept.answer.answer!).toString("latin1"), "sk_live")
    }).pipe(Effect.provide(layer))
  })

  it.effect("does not tell the answer to another secret key of the organization", () => {
    const { layer } = fakeRepo()
    return Effect.gen(function* () {
      yield* once(Effect.succeed("mine"))
      const other = yield* once(Effect.die("done twice"), { secretKey: Redacted.make("sk_live_other") })
      assert.deepStrictEqual(other, { _tag: "OtherCaller" })
    }).pipe(Effect.provide(layer))
  })

  it.effect("says every three seconds that it is at it, until it is done", () => {
    const { layer, state } = fakeRepo()
    return Effect.gen(function* () {
      const begun = yield* Deferred.make<void>()
      const work = Deferred.succeed(begun, undefined).pipe(Effect.andThen(Effect.sleep("1 minute")), Effect.as("slow"))
      const fiber = yield* Effect.forkChild(once(work))
      yield* Deferred.await(begun)
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(state.renewed, 10)
      assert.deepStrictEqual(yield* once(Effect.die("done twice")), { _tag: "InFlight" })
      yield* TestClock.adjust("30 seconds")
      yield* Fiber.join(fiber)
      const renewed = state.renewed
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(state.renewed, renewed)
    }).pipe(Effect.provide(layer))
  })

  it.effect("finishes what it began when the caller goes away", () => {
    const { layer, state } = fakeRepo()
    return Effect.gen(function* () {
      const begun = yield* Deferred.make<void>()
      const work = Deferred.succeed(begun, undefined).pipe(Effect.andThen(Effect.sleep("5 seconds")), Effect.as("done"))
      const fiber = yield* Effect.forkChild(once(work))
      yield* Deferred.await(begun)
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("5 seconds")
      yield* untilKept(state)
      assert.strictEqual((yield* once(Effect.die("done twice")))._tag, "Replayed")
    }).pipe(Effect.provide(layer))
  })

  it.effect("lets a request be tried again that failed, or whose answer is not to be kept", () => {
    const { layer, state } = fakeRepo()
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* Effect.exit(once(Effect.fail("no"))), Exit.fail("no"))
      assert.isTrue(Exit.isFailure(yield* Effect.exit(once(Effect.die("crash")))))
      yield* once(Effect.succeed("busy"), {}, (() => undefined) as never)
      assert.strictEqual(state.released, 3)
      assert.strictEqual((yield* once(Effect.succeed("now")))._tag, "Done")
    }).pipe(Effect.provide(layer))
  })

  it.effect("answers also when the answer cannot be kept", () => {
    const { layer, state } = fakeRepo()
    state.broken = true
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* once(Effect.succeed("done")), { _tag: "Done", response: "done" })
    }).pipe(Effect.provide(layer))
  })

  it.effect("remembers of an answer that is too large only that there was one", () => {
    const { layer } = fakeRepo()
    return Effect.gen(function* () {
      yield* once(Effect.succeed("x".repeat(16 * 1024 * 1024 + 1)))
      assert.deepStrictEqual(yield* once(Effect.die("done twice")), { _tag: "NotKept" })
    }).pipe(Effect.provide(layer))
  })
})

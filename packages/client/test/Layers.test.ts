import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, FileSystem, Layer, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { expectTypeOf } from "vitest"
import { AudienceId } from "@audiences/domain/AudienceId"
import { AudiencesClient, type ConnectionOptions } from "@audiences/client/AudiencesClient"
import { Authentication } from "@audiences/client/Authentication"
import { circuitLayer } from "@audiences/client/Circuit"
import type { ClientError } from "@audiences/client/ClientError"
import { IdempotencyKey, RequestId } from "@audiences/client/CurrentCall"
import { type ClientHooks, Hooks } from "@audiences/client/Hooks"
import { Retry } from "@audiences/client/Retry"
import { audienceFull, audienceId } from "./examples.ts"
import { fakeHost, json, type Turn } from "./fakeHost.ts"

const ok = json(audienceFull)
const busy = json({ error: "busy" }, 503)
const unknownKey = json({ error: "Authentication required" }, 401)

interface Layers {
  readonly authentication?: Layer.Layer<Authentication>
  readonly retry?: Layer.Layer<Retry>
  readonly more?: Layer.Layer<never>
  readonly options?: Partial<ConnectionOptions>
}

const host = (turns: readonly [Turn, ...Array<Turn>], layers: Layers = {}) => {
  const { client, requests } = fakeHost(...turns)
  const layer = AudiencesClient.layerBare({ baseUrl: "http://host.test/api", ...layers.options }).pipe(
    Layer.provide([
      layers.authentication ?? Authentication.layer(Redacted.make("sk_test_secret")),
      layers.retry ?? Retry.layerNone,
      layers.more ?? Layer.empty,
      Layer.succeed(HttpClient.HttpClient, client)
    ])
  )
  return { requests, layer }
}

const get = AudiencesClient.use(({ audiences }) =>
  audiences.get({ params: { audienceId: AudienceId.make(audienceId) } })
)
const create = AudiencesClient.use(({ audiences }) => audiences.create({ payload: { name: "VIPs", type: "DYNAMIC" } }))
const keysOf = (requests: ReadonlyArray<{ readonly headers: Readonly<Record<string, string | undefined>> }>) =>
  requests.map(({ headers }) => headers.authorization)

/** Runs with all the time it wants. */
const patiently = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.join(fiber)
  })

describe("the layers of the client", () => {
  it.effect("renew a key that the server does not know, once, and for all calls of the moment together", () =>
    Effect.gen(function* () {
      let asks = 0
      const authentication = Authentication.layerProvider(Effect.sync(() => Redacted.make(`key-${++asks}`)))
      const { layer, requests } = host([unknownKey, unknownKey, ok], { authentication })
      yield* Effect.all([get, get], { concurrency: 2 }).pipe(Effect.provide(layer))
      assert.strictEqual(asks, 2)
      assert.deepStrictEqual(keysOf(requests).sort(), ["Bearer key-1", "Bearer key-1", "Bearer key-2", "Bearer key-2"])
      const refused = host([unknownKey], {
        authentication: Authentication.layerProvider(Effect.succeed(Redacted.make("k")))
      })
      assert.strictEqual((yield* Effect.flip(Effect.provide(get, refused.layer)))._tag, "Unauthorized")
      assert.lengthOf(refused.requests, 1)
    })
  )

  it.effect("read the key from a file, and again when it was changed", () =>
    Effect.gen(function* () {
      const contents = ["old\n", "new\n"]
      const files = FileSystem.layerNoop({ readFileString: () => Effect.sync(() => contents.shift() ?? "") })
      const authentication = Authentication.layerKeyFile("/run/secrets/key").pipe(Layer.provide(files))
      const { layer, requests } = host([ok, unknownKey, ok], { authentication })
      yield* Effect.all([get, get]).pipe(Effect.provide(layer))
      assert.deepStrictEqual(keysOf(requests), ["Bearer old", "Bearer old", "Bearer new"])
    })
  )

  it.effect("say so when there is no key to be had", () =>
    Effect.gen(function* () {
      const { layer, requests } = host([ok], { authentication: Authentication.layerProvider(Effect.fail("closed")) })
      assert.match((yield* Effect.flip(Effect.provide(get, layer))).message, /No key could be had/)
      assert.lengthOf(requests, 0)
    })
  )

  it.effect("stop asking a server that keeps failing, and try it again later", () =>
    Effect.gen(function* () {
      const { layer, requests } = host([busy, busy, "refused", busy, ok], {
        more: circuitLayer({ failures: 3, openMillis: 10_000 })
      })
      const tagOf = get.pipe(
        Effect.as("ok"),
        Effect.catch((error) => Effect.succeed(error._tag))
      )
      yield* Effect.gen(function* () {
        const seen = [yield* tagOf, yield* tagOf, yield* tagOf, yield* tagOf]
        assert.deepStrictEqual(seen, ["HttpClientError", "HttpClientError", "HttpClientError", "CircuitOpen"])
        yield* TestClock.adjust("10 seconds")
        assert.deepStrictEqual([yield* tagOf, yield* tagOf], ["HttpClientError", "CircuitOpen"])
        yield* TestClock.adjust("10 seconds")
        assert.deepStrictEqual([yield* tagOf, yield* tagOf], ["ok", "ok"])
      }).pipe(Effect.provide(layer))
      assert.lengthOf(requests, 6)
    })
  )

  it.effect("do not wait for a circuit to close", () =>
    Effect.gen(function* () {
      const { layer, requests } = host([busy], { retry: Retry.layer(), more: circuitLayer({ failures: 2 }) })
      const error = yield* patiently(Effect.flip(get)).pipe(Effect.provide(layer))
      assert.strictEqual(error._tag, "CircuitOpen")
      assert.lengthOf(requests, 2)
    })
  )

  it.effect("spend no more on retries than all calls may together", () =>
    Effect.gen(function* () {
      const retry = Retry.layer({ retries: 2, budget: { retries: 3, perSuccess: 1 } })
      const { layer, requests } = host([busy], { retry })
      yield* patiently(Effect.forEach([1, 2, 3, 4], () => Effect.flip(get))).pipe(Effect.provide(layer))
      assert.lengthOf(requests, 4 + 3)
    })
  )

  it.effect("give a call up with all its attempts", () =>
    Effect.gen(function* () {
      const { layer } = host([busy], { retry: Retry.layer({ retries: 99 }), options: { callTimeout: "3 seconds" } })
      const error = yield* patiently(Effect.flip(get)).pipe(Effect.provide(layer))
      assert.match(error.message, /No answer within 3s, with all attempts/)
    })
  )

  it.effect("tell hooks of every attempt, all of one request id", () =>
    Effect.gen(function* () {
      const heard: Array<unknown> = []
      const hear = (what: string) => (event: object) => Effect.sync(() => void heard.push({ what, ...event }))
      const hooks: ClientHooks = {
        onRequest: hear("request"),
        onResponse: hear("response"),
        onRetry: hear("retry")
      }
      const { layer, requests } = host([busy, ok], {
        retry: Retry.layer({ delay: 0 }),
        more: Layer.succeed(Hooks, hooks)
      })
      yield* patiently(get).pipe(Effect.provide(layer), Effect.provideService(RequestId, "r-1"))
      const about = { method: "GET", url: `http://host.test/api/audiences/${audienceId}`, requestId: "r-1" }
      assert.deepStrictEqual(heard, [
        { what: "request", ...about, attempt: 1 },
        { what: "response", ...about, attempt: 1, status: 503, elapsedMillis: 0 },
        { what: "retry", ...about, attempt: 1, status: 503, elapsedMillis: 0, waitMillis: 0 },
        { what: "request", ...about, attempt: 2 },
        { what: "response", ...about, attempt: 2, status: 200, elapsedMillis: 0 }
      ])
      assert.deepStrictEqual(
        requests.map(({ headers }) => headers["x-request-id"]),
        ["r-1", "r-1"]
      )
    })
  )

  it.effect("take the idempotency key that a caller provides, and make one otherwise", () =>
    Effect.gen(function* () {
      const { layer, requests } = host([ok])
      yield* Effect.all([create.pipe(Effect.provideService(IdempotencyKey, "order-7")), create, get]).pipe(
        Effect.provide(layer)
      )
      const [given, made, none] = requests.map(({ headers }) => headers["idempotency-key"])
      assert.strictEqual(given, "order-7")
      assert.match(made ?? "", /^[0-9a-f-]{36}$/)
      assert.isUndefined(none)
    })
  )

  it.effect("put a call into a span that the server goes on from", () =>
    Effect.gen(function* () {
      const { layer, requests } = host([busy, ok], { retry: Retry.layer({ delay: 0 }) })
      const traceId = yield* Effect.gen(function* () {
        yield* patiently(get)
        return (yield* Effect.currentSpan).traceId
      }).pipe(Effect.withSpan("checkout"), Effect.provide(layer))
      const parents = requests.map(({ headers }) => headers.traceparent ?? "")
      assert.isTrue(parents.every((parent) => parent.startsWith(`00-${traceId}-`)))
      assert.notStrictEqual(parents[0], parents[1])
    })
  )

  it("have errors that are told apart by tag, of which there are no others", () => {
    expectTypeOf<
      Extract<ClientError["_tag"], "HttpClientError" | "UnexpectedAnswer" | "CircuitOpen" | "SchemaError">
    >().toEqualTypeOf<"HttpClientError" | "UnexpectedAnswer" | "CircuitOpen" | "SchemaError">()
    expectTypeOf<string extends ClientError["_tag"] ? true : false>().toEqualTypeOf<false>()
    const caught = get.pipe(
      Effect.catchTags({
        AudienceNotFound: () => Effect.succeed("none"),
        Unauthorized: () => Effect.succeed("who?"),
        ValidationError: ({ issues }) => Effect.succeed(String(issues.length))
      })
    )
    assert.isTrue(Effect.isEffect(caught))
    expectTypeOf<Extract<Effect.Error<typeof caught>, { readonly _tag: "AudienceNotFound" }>>().toBeNever()
    // @ts-expect-error -- reading an audience does not meet what an upload may
    get.pipe(Effect.catchTag("UploadRefused", () => Effect.succeed("no")))
  })
})

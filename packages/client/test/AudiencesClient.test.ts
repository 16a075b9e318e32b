import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Redacted, Stream } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { AudienceId } from "@audiences/domain/AudienceId"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { Authentication } from "@audiences/client/Authentication"
import { items } from "@audiences/client/Pages"
import { Retry } from "@audiences/client/Retry"
import { fakeHost, json, type Turn } from "./fakeHost.ts"
import { audienceFull, audienceId, page } from "./examples.ts"

const id = AudienceId.make(audienceId)

const host = (...turns: readonly [Turn, ...Array<Turn>]) => {
  const { client, requests } = fakeHost(...turns)
  const layer = (baseUrl = "http://host.test/api") =>
    AudiencesClient.layerBare({ baseUrl, timeout: "5 seconds" }).pipe(
      Layer.provide([
        Authentication.layer(Redacted.make("sk_test_secret")),
        Retry.layer(),
        Layer.succeed(HttpClient.HttpClient, client)
      ])
    )
  return { requests, layer }
}

describe("AudiencesClient", () => {
  it.effect("sends the key, and joins base URL and path with or without a slash at the end", () =>
    Effect.gen(function* () {
      for (const baseUrl of ["http://host.test/api", "http://host.test/api/"]) {
        const { layer, requests } = host(json(audienceFull))
        const found = yield* AudiencesClient.use((client) => client.audiences.get({ params: { audienceId: id } })).pipe(
          Effect.provide(layer(baseUrl))
        )
        assert.strictEqual(found.name, audienceFull.name)
        assert.strictEqual(requests[0]!.url, `http://host.test/api/audiences/${id}`)
        assert.strictEqual(requests[0]!.headers.authorization, "Bearer sk_test_secret")
      }
    })
  )

  it.effect("keeps one idempotency key over the attempts of a POST, and takes another for the next", () =>
    Effect.gen(function* () {
      const { layer, requests } = host(json({ error: "Rate limit exceeded" }, 429), json(audienceFull))
      yield* Effect.gen(function* () {
        const { audiences } = yield* AudiencesClient
        const first = yield* Effect.forkChild(audiences.create({ payload: { name: "VIPs", type: "DYNAMIC" } }))
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(first)
        yield* audiences.create({ payload: { name: "VIPs", type: "DYNAMIC" } })
        yield* audiences.get({ params: { audienceId: id } })
      }).pipe(Effect.provide(layer()))
      const [first, again, second, get] = requests.map((request) => request.headers["idempotency-key"])
      assert.isString(first)
      assert.strictEqual(first, again)
      assert.notStrictEqual(first, second)
      assert.isUndefined(get)
    })
  )

  it.effect("ignores fields that it does not know, and reads names that it does not know as text", () =>
    Effect.gen(function* () {
      const { layer } = host(json({ ...audienceFull, type: "CLONED_LIST", newerField: { a: 1 } }))
      const found = yield* AudiencesClient.use((client) => client.audiences.get({ params: { audienceId: id } })).pipe(
        Effect.provide(layer())
      )
      assert.strictEqual(found.id, id)
      assert.strictEqual<string>(found.type, "CLONED_LIST")
    })
  )

  it.effect("names the place where an answer is not of the contract", () =>
    Effect.gen(function* () {
      const { layer } = host(json({ ...audienceFull, archived: "no" }))
      const error = yield* AudiencesClient.use((client) => client.audiences.get({ params: { audienceId: id } })).pipe(
        Effect.provide(layer()),
        Effect.flip
      )
      assert.strictEqual(error._tag, "UnexpectedAnswer")
      assert.match(error.message, /not of the contract.*Expected boolean[^]*archived/)
    })
  )

  it.effect("tells the errors of the contract apart by tag", () =>
    Effect.gen(function* () {
      const get = AudiencesClient.use((client) => client.audiences.get({ params: { audienceId: id } }))
      const failing = (turn: Response) => Effect.flip(get.pipe(Effect.provide(host(turn).layer())))
      assert.strictEqual((yield* failing(json({ error: "Audience not found" }, 404)))._tag, "AudienceNotFound")
      assert.strictEqual((yield* failing(json({ error: "Authentication required" }, 401)))._tag, "Unauthorized")
      assert.strictEqual((yield* failing(json({ error: "validation_error", issues: [] }, 400)))._tag, "ValidationError")
      const other = yield* failing(json({ error: "Gone fishing" }, 404))
      assert.strictEqual(other._tag === "HttpClientError" && other.response?.status, 404)
    })
  )

  it.effect("gives an attempt up after its time limit and tries a GET again", () =>
    Effect.gen(function* () {
      const { layer, requests } = host("silent", json(audienceFull))
      const fiber = yield* AudiencesClient.use((client) => client.audiences.get({ params: { audienceId: id } })).pipe(
        Effect.provide(layer()),
        Effect.forkChild
      )
      yield* TestClock.adjust("4 seconds")
      assert.lengthOf(requests, 1)
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual((yield* Fiber.join(fiber)).id, id)
      assert.lengthOf(requests, 2)
    })
  )

  it.effect("does not repeat a POST that was not answered in time", () =>
    Effect.gen(function* () {
      const { layer, requests } = host("silent")
      const fiber = yield* AudiencesClient.use((client) =>
        client.audiences.create({ payload: { name: "VIPs", type: "DYNAMIC" } })
      ).pipe(Effect.provide(layer()), Effect.exit, Effect.forkChild)
      yield* TestClock.adjust("10 minutes")
      assert.match(
        String(Exit.isFailure(yield* Fiber.join(fiber)) && (yield* Fiber.join(fiber))),
        /No answer within 5s/
      )
      assert.lengthOf(requests, 1)
    })
  )

  it.effect("tries again when an answer breaks off half way", () =>
    Effect.gen(function* () {
      const { layer, requests } = host("broken", json(audienceFull))
      const fiber = yield* AudiencesClient.use((client) => client.audiences.get({ params: { audienceId: id } })).pipe(
        Effect.provide(layer()),
        Effect.forkChild
      )
      // The answer is read by real promises, which end before the virtual wait can begin.
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(fiber)).id, id)
      assert.lengthOf(requests, 2)
    })
  )

  it.effect("follows the cursors of a list to its end, reading no page before it is needed", () =>
    Effect.gen(function* () {
      const pages = [
        json(page([audienceFull, audienceFull], "one")),
        json(page([audienceFull], "two")),
        json(page([], null))
      ] as const
      const collect = (size?: number) => {
        const { layer, requests } = host(...pages)
        return AudiencesClient.use(({ audiences }) => {
          const all = items((cursor) => audiences.list({ query: { first: 2, ...cursor } }))
          return Stream.runCollect(size === undefined ? all : Stream.take(all, size))
        }).pipe(
          Effect.provide(layer()),
          Effect.map((found) => ({ found, queries: requests.map((request) => request.urlParams.params) }))
        )
      }
      assert.lengthOf((yield* collect(2)).queries, 1)
      const { found, queries } = yield* collect()
      assert.lengthOf(found, 3)
      assert.deepStrictEqual(queries, [
        [["first", "2"]],
        [
          ["first", "2"],
          ["after", "one"]
        ],
        [
          ["first", "2"],
          ["after", "two"]
        ]
      ])
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Redacted, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { AudienceId } from "@audiences/domain/AudienceId"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { Authentication } from "@audiences/client/Authentication"
import { uploadImport } from "@audiences/client/ImportUpload"
import { Retry } from "@audiences/client/Retry"
import { Uploads } from "@audiences/client/Uploads"
import { audienceId } from "./examples.ts"
import { completed, failed, importHost, importId, running } from "./importHost.ts"

const host = (...args: Parameters<typeof importHost>) => {
  const { asked, fetch } = importHost(...args)
  const layer = Layer.merge(AudiencesClient.layerBare({ baseUrl: "http://host.test/api" }), Uploads.layerBare).pipe(
    Layer.provide([Authentication.layer(Redacted.make("sk")), Retry.layerNone, FetchHttpClient.layer]),
    Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch))
  )
  return { asked, layer }
}

const upload = uploadImport(AudienceId.make(audienceId), "email\nada@example.com\n")

/** Lets virtual time go on until the effect, which waits for real promises between its waits, is over. */
const patiently = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const fiber = yield* Effect.forkChild(effect)
  while (fiber.pollUnsafe() === undefined) {
    yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
    yield* TestClock.adjust("5 seconds")
  }
  return yield* Fiber.join(fiber)
})

describe("uploadImport", () => {
  it.effect("creates the import, sends the file, and gives every state", () =>
    Effect.gen(function* () {
      const { asked, layer } = host([{}, running, running, completed])
      const states = yield* patiently(Stream.runCollect(upload)).pipe(Effect.provide(layer))
      assert.deepStrictEqual(
        states.map(({ id, progress, status }) => [id, status, progress]),
        [
          [importId, "PENDING", 0],
          [importId, "PROCESSING", 50],
          [importId, "COMPLETED", 100]
        ]
      )
      assert.deepStrictEqual(asked.slice(0, 3), [
        "POST /api/audiences/A/import",
        "PUT /u email\nada@example.com\n",
        "GET /api/audiences/A/import"
      ])
      assert.lengthOf(asked, 6)
    })
  )

  it.effect("fails when the import does, after its last state", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const error = yield* patiently(
        upload.pipe(
          Stream.runForEach(({ status }) => Effect.sync(() => seen.push(status))),
          Effect.flip
        )
      ).pipe(Effect.provide(host([failed]).layer))
      assert.deepStrictEqual(seen, ["PENDING", "FAILED"])
      assert.strictEqual(error._tag, "ImportFailed")
      assert.strictEqual(error.message, "The import failed: no column is known")
    })
  )

  it.effect("follows its own import when another of the audience has begun", () =>
    Effect.gen(function* () {
      const { layer } = host([running, completed], true)
      const states = yield* patiently(Stream.runCollect(upload)).pipe(Effect.provide(layer))
      assert.deepStrictEqual(
        states.map(({ id }) => id),
        [importId, importId, importId]
      )
    })
  )

  it.effect("goes on when the server was away for a while, and fails when it stays away", () =>
    Effect.gen(function* () {
      const away = host(["away", "away", completed])
      const states = yield* patiently(Stream.runCollect(upload)).pipe(Effect.provide(away.layer))
      assert.strictEqual(states.at(-1)?.status, "COMPLETED")
      const gone = host(["away"])
      const error = yield* patiently(Effect.flip(Stream.runCollect(upload))).pipe(Effect.provide(gone.layer))
      assert.strictEqual(error._tag, "HttpClientError")
      assert.lengthOf(gone.asked, 2 + 11)
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Stream } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { Retry } from "@audiences/client/Retry"
import { Uploads, type UploadBody, type UploadOptions } from "@audiences/client/Uploads"
import { fakeHost, json, type Turn } from "./fakeHost.ts"

const upload = (turns: readonly [Turn, ...Array<Turn>], body: UploadBody, options?: UploadOptions) =>
  Effect.gen(function* () {
    const { client, requests } = fakeHost(...turns)
    const fiber = yield* Uploads.use((uploads) =>
      uploads.uploadCsv("http://storage.test/file?signature=s", body, options)
    ).pipe(
      Effect.provide(
        Uploads.layerBare.pipe(Layer.provide([Retry.layer(), Layer.succeed(HttpClient.HttpClient, client)]))
      ),
      Effect.exit,
      Effect.forkChild
    )
    yield* TestClock.adjust("10 minutes")
    return { exit: yield* Fiber.join(fiber), requests }
  })

const done = new Response(null, { status: 200 })
const busy = json({ error: "Busy" }, 503)

describe("Uploads", () => {
  it.effect("sends the file to the URL as it is, with neither key nor trace", () =>
    Effect.gen(function* () {
      const { exit, requests } = yield* upload([done], "email\n")
      assert.isTrue(Exit.isSuccess(exit))
      assert.deepStrictEqual(Object.keys(requests[0]!.headers).toSorted(), ["content-length", "content-type"])
      assert.strictEqual(requests[0]!.headers["content-type"], "text/csv")
      assert.strictEqual(requests[0]!.method, "PUT")
    })
  )

  it.effect("tries again with text, bytes, and a stream that can be read again", () =>
    Effect.gen(function* () {
      for (const [body, options] of [
        ["email\n"],
        [new TextEncoder().encode("email\n")],
        [Stream.succeed(new TextEncoder().encode("email\n")), { replayable: true }]
      ] as ReadonlyArray<[UploadBody, UploadOptions?]>) {
        const { exit, requests } = yield* upload(["refused", busy, done], body, options)
        assert.isTrue(Exit.isSuccess(exit))
        assert.lengthOf(requests, 3)
      }
    })
  )

  it.effect("tries a stream only once, unless told that it can be read again", () =>
    Effect.gen(function* () {
      const { exit, requests } = yield* upload([busy, done], Stream.succeed(new Uint8Array(1)))
      assert.isTrue(Exit.isFailure(exit))
      assert.lengthOf(requests, 1)
    })
  )

  it.effect("tells the size of a stream when it is known, as object stores demand", () =>
    Effect.gen(function* () {
      const { requests } = yield* upload([done], Stream.succeed(new Uint8Array(7)), { size: 7 })
      assert.strictEqual(requests[0]!.headers["content-length"], "7")
      const { exit } = yield* upload([new Response("<xml/>", { status: 411 })], Stream.succeed(new Uint8Array(7)))
      assert.match(String(exit), /size is known beforehand/)
    })
  )

  it.effect("fails with the refusal of the server", () =>
    Effect.gen(function* () {
      const { exit } = yield* upload([json({ error: "Upload URL has been used" }, 403)], "email\n")
      assert.match(String(exit), /UploadRefused/)
      assert.match(
        String((yield* upload([json({ error: "Request body too large" }, 413)], "email\n")).exit),
        /PayloadTooLarge/
      )
      assert.match(
        String((yield* upload([new Response("<xml/>", { status: 403 })], "email\n")).exit),
        /StatusCode.*403/
      )
    })
  )
})

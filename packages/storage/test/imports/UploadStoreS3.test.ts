import { type Intake, UploadStore } from "@audiences/engine/imports/uploads/UploadStore"
import { UploadStoreS3 } from "@audiences/storage/imports/uploads/UploadStoreS3"
import { assert, it } from "@effect/vitest"
import { DateTime, Effect, Option, Stream } from "effect"
import { type TestBucket, testBucket } from "../../../../tools/vitest/BucketTest.ts"

const key = "imports/a/b/1.csv"

const storeOf = (bucket: TestBucket) =>
  UploadStoreS3({ bucket: bucket.bucket, endpoint: bucket.endpoint, prefix: "audiences/", region: "us-east-1" })

const put = (url: string, body: string) =>
  Effect.promise(
    async () => (await fetch(url, { method: "PUT", body, headers: { "content-type": "text/csv" } })).status
  )

const intakeOf = ({ intake }: UploadStore["Service"]) => intake as Extract<Intake, { readonly _tag: "Bucket" }>

const inAnHour = Effect.map(DateTime.now, DateTime.add({ hours: 1 }))

/** A bucket with a file in it, and what its version is. */
const uploaded = (store: UploadStore["Service"], body: string) =>
  Effect.gen(function* () {
    const { look, uploadUrl } = intakeOf(store)
    assert.strictEqual(yield* put(yield* uploadUrl(key, yield* inAnHour), body), 200)
    return Option.getOrThrow(yield* look(key))
  })

const text = <E>(pieces: Stream.Stream<Uint8Array, E>) =>
  Effect.map(Stream.runCollect(pieces), (all) => Buffer.concat(all).toString())

const withStore = <A, E>(test: (store: UploadStore["Service"], bucket: TestBucket) => Effect.Effect<A, E>) =>
  Effect.flatMap(testBucket, (bucket) =>
    Effect.provide(
      Effect.flatMap(UploadStore, (store) => test(store, bucket)),
      storeOf(bucket)
    )
  )

it.live("finds what was put to its URL, reads it and removes it", () =>
  withStore((store, bucket) =>
    Effect.gen(function* () {
      const { look, uploadUrl } = intakeOf(store)
      assert.deepStrictEqual(yield* look(key), Option.none())
      const url = yield* uploadUrl(key, yield* inAnHour)
      assert.include(url, `${bucket.endpoint}/uploads/audiences/${key}?`)
      assert.notInclude(url, "checksum")
      const { bytes, version } = yield* uploaded(store, "email\nada@example.com\n")
      assert.strictEqual(bytes, 22)
      assert.strictEqual(yield* text(store.read(key, version)), "email\nada@example.com\n")
      yield* store.remove(key)
      yield* store.remove(key)
      assert.deepStrictEqual(yield* look(key), Option.none())
      assert.strictEqual((yield* Effect.flip(text(store.read(key, version))))._tag, "UploadMissing")
    })
  )
)

it.live("gives URLs that are good for one key, and for their time", () =>
  withStore((store) =>
    Effect.gen(function* () {
      const { uploadUrl } = intakeOf(store)
      const url = yield* uploadUrl(key, yield* inAnHour)
      assert.strictEqual(new URL(url).searchParams.get("X-Amz-Expires")!.length, 4)
      assert.strictEqual(yield* put(url.replace("1.csv", "2.csv"), "x"), 403)
      assert.strictEqual(yield* put(url.replace("X-Amz-Expires=3", "X-Amz-Expires=9"), "x"), 403)
      const over = yield* uploadUrl(key, yield* DateTime.now)
      yield* Effect.sleep("1500 millis")
      assert.strictEqual(yield* put(over, "x"), 403)
    })
  )
)

it.live("does not read what was put there since", () =>
  withStore((store) =>
    Effect.gen(function* () {
      const { version } = yield* uploaded(store, "email\nada@example.com\n")
      yield* uploaded(store, "email\neve@example.com\n")
      assert.strictEqual((yield* Effect.flip(text(store.read(key, version))))._tag, "UploadMissing")
    })
  )
)

it.live("reads on where an answer broke off", () =>
  withStore((store, bucket) =>
    Effect.gen(function* () {
      const body = Array.from({ length: 100_000 }, (_, i) => `${i}@example.com\n`).join("")
      const { version } = yield* uploaded(store, body)
      bucket.cutAfter = 400_000
      assert.isTrue((yield* text(store.read(key, version))) === body)
      const reads = bucket.requests.filter((request) => request.startsWith(`GET /${bucket.bucket}/audiences/${key}`))
      assert.strictEqual(reads.length, Math.ceil(body.length / 400_000))
    })
  )
)

it.live("does not start with a bucket that is not there", () =>
  Effect.gen(function* () {
    const bucket = yield* testBucket
    const { message } = yield* Effect.flip(Effect.provide(UploadStore, storeOf({ ...bucket, bucket: "elsewhere" })))
    assert.strictEqual(message, "The bucket s3://elsewhere cannot be used: it does not exist")
  })
)

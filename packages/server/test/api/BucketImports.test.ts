import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { testBucket } from "../../../../tools/vitest/BucketTest.ts"
import { ask, json } from "../Answer.ts"
import { freshKey, testServer } from "../TestServer.ts"

const ServerWithBucket = Layer.unwrap(
  Effect.map(testBucket, ({ bucket, endpoint }) =>
    testServer({ uploads: { _tag: "Bucket", bucket, endpoint, prefix: "tenants/", region: "us-east-1" } })
  )
)

const startImport = Effect.gen(function* () {
  const { key } = yield* freshKey
  const audience = (yield* ask("/api/audiences", { key, ...json({ name: "Buyers", type: "STATIC_LIST" }) })).json
  const opened = (yield* ask(`/api/audiences/${audience.id}/import`, { key, method: "POST" })).json
  assert.strictEqual(opened.status, "PENDING")
  return {
    key,
    path: `/api/audiences/${audience.id}`,
    uploadUrl: opened.uploadUrl as string,
    s3Key: opened.s3Key as string
  }
})

const put = (url: string, body: string) =>
  Effect.promise(
    async () => (await fetch(url, { method: "PUT", body, headers: { "content-type": "text/csv" } })).status
  )

layer(ServerWithBucket, { excludeTestServices: true })("an import by way of a bucket", (it) => {
  it.effect("begins when the file has arrived there, and leaves nothing behind", () =>
    Effect.gen(function* () {
      const { key, path, s3Key, uploadUrl } = yield* startImport
      assert.include(uploadUrl, `/uploads/tenants/${s3Key}?`)
      assert.strictEqual(yield* put(uploadUrl, "email\nada@example.com\ngrace@example.com\n"), 200)
      let found
      do {
        yield* Effect.sleep("50 millis")
        found = (yield* ask(`${path}/import`, { key })).json
      } while (found.status === "PENDING" || found.status === "PROCESSING")
      assert.deepStrictEqual(
        [found.status, found.progress, found.totalConsumers, found.errorCount],
        ["COMPLETED", 100, 2, 0]
      )
      assert.strictEqual((yield* ask(`${path}/count`, { key })).json.count, 2)
      const left = yield* Effect.promise(async () => (await fetch(uploadUrl.replace(/\?.*/, ""))).status)
      assert.strictEqual(left, 404)
    })
  )

  it.effect("takes no file by itself", () =>
    Effect.gen(function* () {
      const { uploadUrl } = yield* startImport
      const [organizationId] = new URL(uploadUrl).pathname.split("/").slice(4)
      const answer = yield* ask(`/uploads/${organizationId}/${organizationId}?expires=9999999999&signature=00`, {
        method: "PUT",
        body: "email\n",
        headers: { "content-type": "text/csv" }
      })
      assert.strictEqual(answer.status, 403)
    })
  )
})

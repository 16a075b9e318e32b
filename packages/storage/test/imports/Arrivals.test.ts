import { Arrivals } from "@audiences/engine/imports/uploads/Arrivals"
import { FileStaging } from "@audiences/engine/imports/staging/FileStaging"
import { ImportLimits } from "@audiences/engine/imports/ImportLimits"
import { Imports } from "@audiences/engine/imports/Imports"
import { type ArrivedFile, UploadMissing, UploadStore } from "@audiences/engine/imports/uploads/UploadStore"
import { JobQueue } from "@audiences/engine/jobs/JobQueue"
import { ArrivalRepoSql } from "@audiences/storage/imports/uploads/ArrivalRepoSql"
import { ImportReportRepoSql } from "@audiences/storage/imports/reports/ImportReportRepoSql"
import { ImportRowRepoSql } from "@audiences/storage/imports/staging/ImportRowRepoSql"
import { ImportRepoSql } from "@audiences/storage/imports/ImportRepoSql"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Option, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"
import { Enqueued, fresh, latest, open, type Place } from "./Importing.ts"

/** What lies in the bucket of the test. */
class Files extends Context.Service<Files, Map<string, ArrivedFile & { readonly text: string }>>()("test/Files") {
  static readonly layer = Layer.sync(Files, () => new Map())
}

const BucketInMemory = Layer.effect(
  UploadStore,
  Effect.map(Files, (files) =>
    UploadStore.of({
      intake: {
        _tag: "Bucket",
        uploadUrl: (key) => Effect.succeed(`https://bucket.example/${key}`),
        look: (key) => Effect.sync(() => Option.fromNullishOr(files.get(key)))
      },
      read: (key, version) =>
        Stream.suspend(() => {
          const file = files.get(key)
          return file === undefined || file.version !== version
            ? Stream.fail(new UploadMissing({ key }))
            : Stream.make(Buffer.from(file.text) as Uint8Array)
        }),
      remove: (key) => Effect.sync(() => void files.delete(key))
    })
  )
)

const Queue = Layer.effect(
  JobQueue,
  Effect.map(Enqueued, ({ jobs }) =>
    JobQueue.of({ enqueue: (job) => Effect.sync(() => void jobs.push(job)), work: () => Effect.void })
  )
)

const BucketImports = Layer.mergeAll(Imports.layer, Arrivals.layer).pipe(
  Layer.provide(Layer.provide(FileStaging.layer, ImportRowRepoSql)),
  Layer.provideMerge(Layer.mergeAll(ImportRepoSql, ImportReportRepoSql, ArrivalRepoSql, BucketInMemory, Queue)),
  Layer.provideMerge(
    Layer.mergeAll(
      Files.layer,
      Layer.sync(Enqueued, () => ({ jobs: [] })),
      PostgresTest
    )
  )
)

const put = (key: string, text: string, version = "1") =>
  Effect.map(Files, (files) => void files.set(key, { bytes: text.length, version, text }))

const look = Effect.flatMap(Arrivals, (arrivals) => arrivals.look)

/** Makes the import as old as if it had been opened so long ago, and due before those of other tests. */
const age = (place: Place, interval: string) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`
      UPDATE imports SET created_at = created_at - ${interval}::interval, next_look_at = clock_timestamp() - interval '1 day',
        upload_expires_at = upload_expires_at - ${interval}::interval
      WHERE organization_id = ${place.organizationId}::uuid`
  )

const jobsOf = ({ organizationId }: Place) =>
  Effect.map(Enqueued, ({ jobs }) => jobs.filter((job) => job.organizationId === organizationId))

layer(BucketImports, { excludeTestServices: true })("Arrivals", (it) => {
  it.effect("starts an import when its file has arrived, once", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      const { s3Key } = yield* open(place)
      yield* look
      assert.strictEqual((yield* latest(place)).status, "PENDING")
      yield* put(s3Key, "email\nada@example.com\n")
      yield* age(place, "1 second")
      yield* Effect.all([look, look, look], { concurrency: "unbounded" })
      assert.strictEqual((yield* latest(place)).status, "PROCESSING")
      assert.lengthOf(yield* jobsOf(place), 1)
    })
  )

  it.effect("looks less and less often", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const pauseAfter = Effect.fnUntraced(function* (interval: string) {
        const place = yield* fresh
        yield* open(place)
        yield* age(place, interval)
        yield* look
        const [row] = yield* sql<{ seconds: number }>`
          SELECT round(extract(epoch FROM next_look_at - clock_timestamp()))::int AS seconds FROM imports
          WHERE organization_id = ${place.organizationId}::uuid`
        return row!.seconds
      })
      assert.deepStrictEqual(
        [yield* pauseAfter("0 seconds"), yield* pauseAfter("80 seconds"), yield* pauseAfter("50 minutes")],
        [1, 10, 30]
      )
    })
  )

  it.effect("brings in the file that arrived, not the one put there since", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      const { id, s3Key } = yield* open(place)
      yield* put(s3Key, "email\nada@example.com\n")
      yield* age(place, "0 seconds")
      yield* look
      yield* put(s3Key, "email\neve@example.com\n", "2")
      yield* Effect.flatMap(Imports, (imports) => imports.run(place.organizationId, id))
      const { failureReason, processedConsumers, status } = yield* latest(place)
      assert.deepStrictEqual([status, processedConsumers], ["FAILED", 0])
      assert.include(failureReason!, "no longer there")
      assert.isFalse((yield* Files).has(s3Key))
    })
  )

  it.effect("refuses a file that is too large, and removes it", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      const { s3Key } = yield* open(place)
      yield* put(s3Key, "email\nada@example.com\n")
      yield* age(place, "0 seconds")
      yield* Effect.provideService(look, ImportLimits, { maxBytes: 21, maxRows: 10, chunkRows: 10 })
      const { failureReason, status } = yield* latest(place)
      assert.deepStrictEqual(
        [status, failureReason],
        ["FAILED", "The file has 22 bytes; at most 21 are taken. Split it."]
      )
      assert.isFalse((yield* Files).has(s3Key))
      assert.deepStrictEqual(yield* jobsOf(place), [])
    })
  )

  it.effect("ends an import whose file can no longer arrive, but takes one that arrived while nobody looked", () =>
    Effect.gen(function* () {
      const [soon, over, late] = [yield* fresh, yield* fresh, yield* fresh]
      for (const place of [soon, over]) yield* open(place)
      yield* put((yield* open(late)).s3Key, "email\nada@example.com\n")
      yield* age(soon, "119 minutes")
      for (const place of [over, late]) yield* age(place, "121 minutes")
      yield* look
      assert.strictEqual((yield* latest(soon)).status, "PENDING")
      assert.strictEqual((yield* latest(late)).status, "PROCESSING")
      const { failureReason, status } = yield* latest(over)
      assert.deepStrictEqual(
        [status, failureReason],
        [
          "FAILED",
          "No file arrived while the upload URL was valid. Open another import and upload the file to its URL."
        ]
      )
    })
  )
})

import { ImportRepo } from "@audiences/engine/imports/ImportRepo"
import type { FileRefused } from "@audiences/engine/imports/FileRefused"
import { FileStaging, type UnstagedFile } from "@audiences/engine/imports/staging/FileStaging"
import { FileStagingThread } from "@audiences/storage/imports/staging/FileStagingThread"
import { ImportLimits } from "@audiences/engine/imports/ImportLimits"
import { Imports } from "@audiences/engine/imports/Imports"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Option, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { bringIn, fresh, ImportsTest, partition, type Place, traces, upload } from "./Importing.ts"

/** Every file goes to a thread, however small. */
const Threaded = Layer.fresh(Imports.layer).pipe(
  Layer.provideMerge(FileStagingThread({ fromBytes: 0 })),
  Layer.provideMerge(ImportsTest)
)

/** People of whom every fifth is said twice, and every seventh wrongly. */
const file = (rows: number): string => {
  const lines = Array.from({ length: rows }, (_, i) => {
    const email = i % 7 === 6 ? "nobody" : `p${i % 5 === 4 ? i - 1 : i}@example.com`
    return `${email},"Ärger ""${i}"", \\N\tß",${i},"{""n"":${i}}"`
  })
  return `email,fullName,totalOrders,metadata\r\n${lines.join("\r\n")}\r\n`
}

const bytes: Uint8Array = Buffer.from(file(400))

const standingOf = Effect.fnUntraced(function* ({ id, organizationId }: Pick<UnstagedFile, "id" | "organizationId">) {
  const repo = yield* ImportRepo
  return { organizationId, id, standing: Option.getOrThrow(yield* repo.standing(organizationId, id)) }
})

/** An import whose file has arrived, and of which nothing is staged. */
const begun = (place: Place) => Effect.flatMap(upload(place, file(400)), standingOf)

const stage = <E>(unstaged: UnstagedFile, pieces: Stream.Stream<Uint8Array, E>) =>
  Effect.flatMap(FileStaging, (staging) => staging.stage(unstaged, pieces)).pipe(
    Effect.provideService(ImportLimits, { maxBytes: 1e9, maxRows: 1000, chunkRows: 50 })
  )

layer(Threaded, { excludeTestServices: true })("FileStagingThread", (it) => {
  it.effect("stages what staging in place does", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      const ended = yield* bringIn(place, file(1000), 150)
      assert.strictEqual(ended.status, "COMPLETED", ended.failureReason ?? "")
      const other = yield* fresh
      const inPlace = yield* bringIn(other, file(1000), 150).pipe(
        Effect.provide(FileStaging.layer),
        Effect.provide(Imports.layer)
      )
      assert.deepStrictEqual(yield* partition(ended.id), yield* partition(inPlace.id))
      assert.deepStrictEqual(yield* traces(place), yield* traces(other))
    })
  )

  it.effect("tells why a file is refused", () =>
    Effect.gen(function* () {
      const ended = yield* bringIn(yield* fresh, `email\nada@example.com\n"grace`)
      assert.strictEqual(ended.status, "FAILED")
      assert.match(ended.failureReason ?? "", /quote that is opened in the row at line 3 is never closed/)
    })
  )

  it.effect("ends before all of a file was read, where it is too long", () =>
    Effect.gen(function* () {
      const endless = Stream.concat(
        Stream.make(Buffer.from("email\n") as Uint8Array),
        Stream.forever(Stream.make(Buffer.from("ada@example.com\n".repeat(100)) as Uint8Array))
      )
      const refused = yield* Effect.flip(stage(yield* begun(yield* fresh), endless))
      assert.match(`${(refused as FileRefused).message}`, /more than 1000 rows/)
    })
  )

  it.effect("goes on where a file broke off", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      const begin = yield* begun(place)
      const pieces = Array.from({ length: 30 }, (_, i) => bytes.subarray(i * 500, (i + 1) * 500))
      const broken = Stream.concat(Stream.fromIterable(pieces), Stream.fail("gone"))
      assert.strictEqual(yield* Effect.flip(stage(begin, broken)), "gone")
      const left = yield* standingOf(begin)
      assert.isAbove(left.standing.stagedRows, 0)
      assert.deepStrictEqual(yield* stage(left, Stream.make(bytes)), { advance: "advanced", rows: 400 })
    })
  )

  it.effect("stops when the import is ended", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const begin = yield* begun(yield* fresh)
      yield* sql`UPDATE imports SET status = 'FAILED' WHERE id = ${begin.id}::uuid`
      assert.deepStrictEqual(yield* stage(begin, Stream.make(bytes)), { advance: "stopped", rows: 50 })
    })
  )
})

import { type Intake, UploadStore } from "@audiences/engine/imports/uploads/UploadStore"
import { UploadStoreFile } from "@audiences/storage/imports/uploads/UploadStoreFile"
import { assert, it } from "@effect/vitest"
import { DateTime, Effect, Stream } from "effect"
import { mkdir, mkdtemp, readdir, utimes, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

const freshFolder = Effect.promise(() => mkdtemp(join(tmpdir(), "audiences-store-")))

const text = <E>(pieces: Stream.Stream<Uint8Array, E>) =>
  Effect.map(Stream.runCollect(pieces), (all) => Buffer.concat(all).toString())

it.effect("keeps a published file under its key until it is removed, and no other", () =>
  Effect.gen(function* () {
    const folder = yield* freshFolder
    yield* Effect.gen(function* () {
      const store = yield* UploadStore
      const { receive } = store.intake as Extract<Intake, { readonly _tag: "Service" }>
      const body = "x,y\n".repeat(200_000)
      yield* Effect.scoped(
        Effect.gen(function* () {
          const kept = yield* receive("imports/a/b/1.csv", Stream.make(Buffer.from(body) as Uint8Array), 1_000_000)
          yield* receive("imports/a/b/2.csv", Stream.make(Buffer.from("gone") as Uint8Array), 1_000_000)
          assert.strictEqual(kept.bytes, body.length)
          yield* kept.publish
        })
      )
      assert.strictEqual(yield* text(store.read("imports/a/b/1.csv")), body)
      assert.strictEqual((yield* Effect.flip(text(store.read("imports/a/b/2.csv"))))._tag, "UploadMissing")
      assert.deepStrictEqual(yield* Effect.promise(() => readdir(join(folder, ".arriving"))), [])
      yield* store.remove("imports/a/b/1.csv")
      yield* store.remove("imports/a/b/1.csv")
      assert.strictEqual((yield* Effect.flip(text(store.read("imports/a/b/1.csv"))))._tag, "UploadMissing")
      assert.strictEqual((yield* Effect.exit(text(store.read("../../etc/passwd"))))._tag, "Failure")
    }).pipe(Effect.provide(UploadStoreFile({ folder })))
  })
)

/** Minutes before now, as file times are given: in seconds. */
const ago = (minutes: number) => DateTime.toEpochMillis(DateTime.nowUnsafe()) / 1000 - minutes * 60

it.live("clears away what has not grown for an hour, and nothing younger", () =>
  Effect.gen(function* () {
    const folder = yield* freshFolder
    const arriving = join(folder, ".arriving")
    yield* Effect.promise(async () => {
      await mkdir(arriving)
      await writeFile(join(arriving, "old"), "")
      await utimes(join(arriving, "old"), ago(61), ago(61))
      await writeFile(join(arriving, "young"), "")
      await utimes(join(arriving, "young"), ago(59), ago(59))
    })
    yield* Effect.provide(UploadStore, UploadStoreFile({ folder }))
    assert.deepStrictEqual(yield* Effect.promise(() => readdir(arriving)), ["young"])
  })
)

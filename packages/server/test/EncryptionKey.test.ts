import { EncryptionKeys } from "@audiences/engine/integrations/EncryptionKeys"
import { Configuration } from "@audiences/server/Configuration"
import { EncryptionKey } from "@audiences/server/EncryptionKey"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "audiences-key-test-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true }))
)

const keysIn = (dataDir: string, env: Record<string, string> = {}) =>
  EncryptionKeys.pipe(
    Effect.map((keys) => keys.map(({ bytes }) => Buffer.from(bytes).toString("base64"))),
    Effect.provide(
      EncryptionKey.pipe(
        Layer.provide(Configuration.layer),
        Layer.provide([
          NodeFileSystem.layer,
          NodePath.layer,
          ConfigProvider.layer(ConfigProvider.fromEnv({ env: { AUDIENCES_DATA_DIR: dataDir, ...env } }))
        ])
      ),
      { local: true }
    )
  )

describe("the encryption key", () => {
  it.live("is made once, for its owner's eyes only, and found again", () =>
    Effect.gen(function* () {
      const dataDir = join(yield* folder, "data")
      const all = yield* Effect.all(
        Array.from({ length: 8 }, () => keysIn(dataDir)),
        { concurrency: 8 }
      )
      assert.strictEqual(new Set(all.flat()).size, 1)
      assert.deepStrictEqual(yield* Effect.promise(() => readdir(dataDir)), ["encryption-key"])
      const file = join(dataDir, "encryption-key")
      assert.strictEqual((yield* Effect.promise(() => stat(file))).mode & 0o777, 0o600)
      assert.strictEqual((yield* Effect.promise(() => readFile(file, "utf8"))).trim(), all[0]![0])
    })
  )

  it.live("that was made still opens what it sealed when another is configured, and none is made beside that", () =>
    Effect.gen(function* () {
      const dataDir = yield* folder
      const [other, another] = [1, 2].map((n) => Buffer.alloc(32, n).toString("base64"))
      assert.deepStrictEqual(yield* keysIn(dataDir, { AUDIENCES_ENCRYPTION_KEY: other! }), [other])
      const [made] = yield* keysIn(dataDir)
      assert.deepStrictEqual(yield* keysIn(dataDir, { AUDIENCES_ENCRYPTION_KEY: `${another},${other}` }), [
        another,
        other,
        made
      ])
    })
  )

  it.live("that is not whole ends the start with its file's name", () =>
    Effect.gen(function* () {
      const dataDir = yield* folder
      const file = join(dataDir, "encryption-key")
      for (const text of ["", "hush"]) {
        yield* Effect.promise(() => writeFile(file, text))
        const { message } = yield* Effect.flip(keysIn(dataDir)) as never as Effect.Effect<{ readonly message: string }>
        assert.strictEqual(message, `${file} does not hold an encryption key`)
      }
    })
  )
})

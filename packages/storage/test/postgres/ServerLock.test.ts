import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { acquireServerLock } from "../../src/postgres/ServerLock.ts"
import { firstLine, startElsewhere, temporaryDirectory } from "./Fixture.ts"

describe("acquireServerLock", () => {
  it.live("lets exactly one of several servers that start at once win, and names it to the others", () =>
    Effect.gen(function* () {
      const dataDir = join(yield* temporaryDirectory, "data")
      const children = yield* Effect.all([startElsewhere(dataDir), startElsewhere(dataDir), startElsewhere(dataDir)])
      const lines = yield* Effect.forEach(children, firstLine, { concurrency: "unbounded" })
      const winners = lines.flatMap((line, index) => (line.url === undefined ? [] : [children[index]]))
      assert.strictEqual(winners.length, 1)
      for (const { error } of lines.filter((line) => line.url === undefined)) {
        assert.include(error, `Data directory ${dataDir} is in use by process ${winners[0]?.pid} (${process.execPath} `)
        assert.match(error ?? "", /holdOpen\.ts .*\), started \d{4}-.*Z: stop it or set AUDIENCES_DATA_DIR$/)
      }
      yield* Effect.forEach(children, (child) => Effect.sync(() => child.kill("SIGINT")))
      const winner = winners[0]
      yield* Effect.callback<void>((resume) => void winner?.once("exit", () => resume(Effect.void)))
      assert.isFalse(existsSync(join(dataDir, "postgres", "postmaster.pid")))
    })
  )

  for (const [what, content] of [
    [
      "a process that ended",
      JSON.stringify({ pid: 2 ** 22 + 1, command: "node", lockedAt: "2026-01-01T00:00:00Z", nonce: "a" })
    ],
    [
      "a process whose number another one has now",
      JSON.stringify({
        pid: process.pid,
        startId: "earlier",
        command: "node",
        lockedAt: "2026-01-01T00:00:00Z",
        nonce: "a"
      })
    ],
    ["a torn write", '{"pid":']
  ] as const) {
    it.live(`replaces the lock of ${what}, and refuses a second taker`, () =>
      Effect.gen(function* () {
        const directory = yield* temporaryDirectory
        const lock = join(directory, "server.lock")
        writeFileSync(lock, content)
        writeFileSync(`${lock}.claim`, content)
        yield* Effect.gen(function* () {
          yield* acquireServerLock(directory)
          const error = yield* Effect.flip(Effect.scoped(acquireServerLock(directory)))
          assert.include(error.message, `in use by process ${process.pid} `)
        }).pipe(Effect.scoped)
        assert.isFalse(existsSync(lock))
        assert.isFalse(existsSync(`${lock}.claim`))
      })
    )
  }
})

import { makeSecretKey } from "@audiences/domain/SecretKey"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import { inject } from "vitest"
import type {} from "../../../tools/vitest/postgres.ts"
import { dataDirectory, type Running, start, untilReady } from "./Program.ts"

const call = (origin: string, secretKey: string, path: string, init: RequestInit = {}) =>
  Effect.promise(async () => {
    const headers = { authorization: `Bearer ${secretKey}`, "content-type": "application/json" }
    return (await fetch(`${origin}/api${path}`, { ...init, headers })).json() as Promise<ReturnType<typeof JSON.parse>>
  })

const isWell = (origin: string) => Effect.promise(async () => (await fetch(`${origin}/health/ready`)).ok)

const ended = (running: Running) => Effect.promise(() => running.ended)

describe("the program", () => {
  it.live(
    "survives kill -9: the next start finds everything that was answered, and the key still works, and no other",
    () =>
      Effect.gen(function* () {
        const dataDir = yield* dataDirectory
        const first = yield* start(dataDir)
        const firstOrigin = yield* untilReady(first)
        const file = join(dataDir, "secret-key")
        const secretKey = (yield* Effect.promise(() => readFile(file, "utf8"))).trim()
        assert.strictEqual((yield* Effect.promise(() => stat(file))).mode & 0o777, 0o600)
        assert.strictEqual(first.written.out.split(secretKey).length, 2, "the key is printed once")
        const consumers = [{ email: "ada@example.com", emailVerified: false, phoneVerified: false, status: "ACTIVE" }]
        const [ada] = yield* call(firstOrigin, secretKey, "/consumers/batch", {
          method: "POST",
          body: JSON.stringify({ consumers })
        })
        first.process.kill("SIGKILL")
        assert.strictEqual(yield* ended(first), "SIGKILL")

        const second = yield* start(dataDir)
        const secondOrigin = yield* untilReady(second)
        assert.deepStrictEqual(yield* call(secondOrigin, secretKey, `/consumers/${ada.id}`), {
          ...ada,
          primarySyncSource: null
        })
        assert.notInclude(second.written.out, secretKey)
        assert.notInclude(second.written.out, "AUDIENCES_SECRET_KEY")
        second.process.kill("SIGTERM")
        yield* ended(second)

        const other = Redacted.value(yield* makeSecretKey("live"))
        const third = yield* start(dataDir, { AUDIENCES_SECRET_KEY: other })
        yield* untilReady(third)
        assert.include(third.written.out, "AUDIENCES_SECRET_KEY is no key of this database")
        assert.notInclude(third.written.out, other)
      }),
    60_000
  )

  it.live(
    "names the process that uses the data directory, and leaves it in peace",
    () =>
      Effect.gen(function* () {
        const dataDir = yield* dataDirectory
        const first = yield* start(dataDir)
        const origin = yield* untilReady(first)
        const second = yield* start(dataDir)
        assert.strictEqual(yield* ended(second), 1)
        assert.include(second.written.err, `${dataDir} is in use by process ${first.process.pid}`)
        assert.strictEqual(second.written.err.trim().split("\n").length, 1)
        assert.isTrue(yield* isWell(origin))

        const { port } = new URL(origin)
        const third = yield* start(dataDir, { AUDIENCES_PORT: port })
        assert.strictEqual(yield* ended(third), 1)
        assert.strictEqual(
          third.written.err,
          `audiences: Port ${port} on 127.0.0.1 is in use: stop the other program or set AUDIENCES_PORT\n`
        )

        first.process.kill("SIGINT")
        assert.strictEqual(yield* ended(first), 0)
      }),
    60_000
  )

  it.live(
    "says what is wrong with its environment and ends with 1",
    () =>
      Effect.gen(function* () {
        const dataDir = yield* dataDirectory
        const misspelt = yield* start(dataDir, { AUDIENCES_ROLE: "boss", AUDIENCES_LOG: "loud" })
        assert.strictEqual(yield* ended(misspelt), 1)
        assert.strictEqual(
          misspelt.written.err,
          "audiences: AUDIENCES_ROLE must be one of all, api, worker\nAUDIENCES_LOG must be one of trace, debug, info, warn, error, none\n"
        )
        const lost = yield* start(dataDir, { AUDIENCES_DATABASE_URL: "postgres://me:hush@127.0.0.1:1/none" })
        assert.strictEqual(yield* ended(lost), 1)
        assert.strictEqual(
          lost.written.err,
          "audiences: The database cannot be used: connect ECONNREFUSED 127.0.0.1:1\n"
        )
      }),
    60_000
  )

  it.live(
    "answers supervisors only when it is a worker",
    () =>
      Effect.gen(function* () {
        const folder = yield* dataDirectory
        const worker = yield* start(folder, {
          AUDIENCES_ROLE: "worker",
          AUDIENCES_UPLOADS: join(folder, "uploads"),
          AUDIENCES_DATABASE_URL: inject("postgresUrl")
        })
        const origin = yield* untilReady(worker)
        assert.isTrue(yield* isWell(origin))
        const status = yield* Effect.promise(async () => (await fetch(`${origin}/api/audiences`)).status)
        assert.strictEqual(status, 404)
        worker.process.kill("SIGTERM")
        assert.strictEqual(yield* ended(worker), 0)
        assert.notInclude(worker.written.out, "sk_live_", "the first key is the API's to give")
      }),
    60_000
  )
})

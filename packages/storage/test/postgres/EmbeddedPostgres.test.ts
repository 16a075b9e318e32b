import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Logger, Schedule } from "effect"
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { cp, rename } from "node:fs/promises"
import { join } from "node:path"
import { findLiveProcess } from "../../src/postgres/LiveProcess.ts"
import {
  eventually,
  firstLine,
  isRoot,
  kill,
  postmasterPid,
  query,
  start,
  startElsewhere,
  startOnce,
  temporaryDirectory
} from "./Fixture.ts"

const quiet = Logger.layer([])

const isRunning = (pid: number) => findLiveProcess(pid) !== undefined

/** proc(5), field 6. */
const sessionOf = (pid: number) => Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[3])

/** Where the cluster of a closed data directory goes. */
const homeOf = (dataDir: string) =>
  join("/var/lib/audiences", createHash("sha256").update(dataDir).digest("hex").slice(0, 12))

describe("EmbeddedPostgres", () => {
  it.live("creates the database, and a restart finds its data", () =>
    Effect.gen(function* () {
      const dataDir = join(yield* temporaryDirectory, "data")
      yield* Effect.gen(function* () {
        const { directory, url } = yield* start(dataDir)
        assert.strictEqual(directory, join(dataDir, "postgres"))
        assert.match(url, /^postgres:\/\/audiences:[\w-]{32}@127\.0\.0\.1:\d+\/audiences$/)
        assert.strictEqual(statSync(join(dataDir, "postgres-password")).mode & 0o777, 0o600)
        yield* query(url, "CREATE TABLE kept AS SELECT 42 AS answer")
        const [settings] = yield* query(
          url,
          `SELECT current_setting('fsync') AS fsync, current_setting('TimeZone') AS zone,
          current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets,
          current_setting('server_encoding') AS encoding, current_setting('max_wal_size') AS wal`
        )
        assert.deepStrictEqual(settings, {
          fsync: "on",
          zone: "UTC",
          addresses: "127.0.0.1",
          sockets: "",
          encoding: "UTF8",
          wal: "2GB"
        })
      }).pipe(Effect.scoped)
      assert.isFalse(existsSync(join(dataDir, "postgres", "postmaster.pid")))
      assert.isFalse(existsSync(join(dataDir, "server.lock")))
      yield* Effect.gen(function* () {
        const { url } = yield* start(dataDir)
        assert.deepStrictEqual(yield* query(url, "SELECT answer FROM kept"), [{ answer: 42 }])
      }).pipe(Effect.scoped)
      assert.notInclude(readFileSync(join(dataDir, "postgres.log"), "utf8"), "not properly shut down")
    }).pipe(Effect.provide(quiet))
  )

  it.effect("runs in real time under a test's clock", () =>
    Effect.gen(function* () {
      const { url } = yield* start(join(yield* temporaryDirectory, "data"))
      assert.deepStrictEqual(yield* query(url, "SELECT 1 AS one"), [{ one: 1 }])
    }).pipe(Effect.provide(quiet))
  )

  it.live("comes back on the same url when PostgreSQL is killed, in a session of its own", () =>
    Effect.gen(function* () {
      const { directory, url } = yield* start(join(yield* temporaryDirectory, "data"))
      yield* query(url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
      for (let time = 0; time < 2; time++) {
        const pid = postmasterPid(directory)
        if (process.platform === "linux") assert.strictEqual(sessionOf(pid), pid)
        process.kill(pid, "SIGKILL")
        const rows = yield* query(url, "SELECT count(*)::int AS n FROM kept").pipe(
          Effect.retry({ times: 200, schedule: Schedule.spaced("50 millis") })
        )
        assert.deepStrictEqual(rows, [{ n: 1000 }])
        assert.notStrictEqual(postmasterPid(directory), pid)
      }
    }).pipe(Effect.provide(quiet))
  )

  it.live("stops the PostgreSQL that a killed server left running, and starts its own", () =>
    Effect.gen(function* () {
      const dataDir = join(yield* temporaryDirectory, "data")
      const child = yield* startElsewhere(dataDir)
      const { directory = "", url = "" } = yield* firstLine(child)
      yield* query(url, "CREATE TABLE kept AS SELECT 42 AS answer")
      const orphan = postmasterPid(directory)
      yield* kill(child)
      assert.isTrue(isRunning(orphan))
      const own = yield* start(dataDir)
      assert.isFalse(isRunning(orphan))
      assert.deepStrictEqual(yield* query(own.url, "SELECT answer FROM kept"), [{ answer: 42 }])
    }).pipe(Effect.provide(quiet))
  )

  it.live("waits for the recovery after a crash of both", () =>
    Effect.gen(function* () {
      const dataDir = join(yield* temporaryDirectory, "data")
      const child = yield* startElsewhere(dataDir)
      const { directory = "", url = "" } = yield* firstLine(child)
      yield* query(url, "CREATE TABLE kept AS SELECT n, repeat('x', 500) AS text FROM generate_series(1, 300000) n")
      const orphan = postmasterPid(directory)
      child.kill("SIGKILL")
      process.kill(orphan, "SIGKILL")
      yield* eventually(() => !isRunning(orphan) && !isRunning(child.pid!))
      const own = yield* start(dataDir)
      assert.deepStrictEqual(yield* query(own.url, "SELECT count(*)::int AS n FROM kept"), [{ n: 300000 }])
      assert.include(readFileSync(join(dataDir, "postgres.log"), "utf8"), "redo starts")
    }).pipe(Effect.provide(quiet))
  )

  it.live("comes back although a backend is too busy to notice that PostgreSQL was killed", () =>
    Effect.gen(function* () {
      const { directory, url } = yield* start(join(yield* temporaryDirectory, "data"))
      const busy = yield* query(url, "SELECT count(*) FROM generate_series(1, 1000000000)").pipe(
        Effect.exit,
        Effect.forkChild
      )
      yield* query(
        url,
        "SELECT pid FROM pg_stat_activity WHERE query LIKE '%1000000000%' AND pid <> pg_backend_pid()"
      ).pipe(Effect.repeat({ until: (rows) => rows.length > 0 }))
      process.kill(postmasterPid(directory), "SIGKILL")
      yield* query(url, "SELECT 1").pipe(Effect.retry({ times: 100, schedule: Schedule.spaced("50 millis") }))
      assert.isTrue(Exit.isFailure(yield* Fiber.join(busy)))
    }).pipe(Effect.provide(quiet))
  )

  it.live("starts although postmaster.pid names another program", () =>
    Effect.gen(function* () {
      const dataDir = join(yield* temporaryDirectory, "data")
      const { directory } = yield* startOnce(dataDir)
      // PostgreSQL heeds only processes of its own user, and not its parent.
      const { gid, uid } = statSync(directory)
      const other = yield* Effect.acquireRelease(
        Effect.sync(() => spawn("sleep", ["60"], { cwd: "/", ...(isRoot ? { gid, uid } : {}) })),
        kill
      )
      writeFileSync(join(directory, "postmaster.pid"), `${other.pid}\n${directory}\n`)
      yield* startOnce(dataDir)
    }).pipe(Effect.provide(quiet))
  )

  it.live("creates the cluster although an earlier creation was killed half way", () =>
    Effect.gen(function* () {
      const dataDir = join(yield* temporaryDirectory, "data")
      const child = yield* startElsewhere(dataDir)
      const drafts = () =>
        existsSync(dataDir) ? readdirSync(dataDir).filter((name) => /initialising-\w+$/.test(name)) : []
      yield* eventually(() => drafts().some((name) => existsSync(join(dataDir, name, "PG_VERSION"))))
      yield* kill(child)
      assert.isFalse(existsSync(join(dataDir, "postgres")))
      const { url } = yield* start(dataDir)
      assert.deepStrictEqual(yield* query(url, "SELECT 1 AS one"), [{ one: 1 }])
    }).pipe(Effect.provide(quiet))
  )

  it.live("sets a new password when the old one was lost", () =>
    Effect.gen(function* () {
      const dataDir = join(yield* temporaryDirectory, "data")
      const before = yield* start(dataDir).pipe(
        Effect.tap(({ url }) => query(url, "CREATE TABLE kept AS SELECT 42 AS answer")),
        Effect.scoped
      )
      rmSync(join(dataDir, "postgres-password"))
      const { url } = yield* start(dataDir)
      assert.notStrictEqual(new URL(url).password, new URL(before.url).password)
      assert.deepStrictEqual(yield* query(url, "SELECT answer FROM kept"), [{ answer: 42 }])
    }).pipe(Effect.provide(quiet))
  )

  it.live("refuses a cluster of another major version, a directory that is none, and one that does not start", () =>
    Effect.gen(function* () {
      const dataDir = join(yield* temporaryDirectory, "data")
      const { directory } = yield* startOnce(dataDir)
      const version = join(directory, "PG_VERSION")
      writeFileSync(version, "15\n")
      assert.match(
        (yield* Effect.flip(startOnce(dataDir))).message,
        /written by PostgreSQL 15, and this server brings PostgreSQL 18/
      )
      rmSync(version)
      assert.match((yield* Effect.flip(startOnce(dataDir))).message, /holds files but no PostgreSQL cluster/)
      writeFileSync(version, "18\n")
      rmSync(join(directory, "global", "pg_control"))
      const { message } = yield* Effect.flip(startOnce(dataDir))
      assert.match(message, /does not start in .*could not find the database system/s)
      assert.isFalse(existsSync(join(dataDir, "server.lock")))
    }).pipe(Effect.provide(quiet))
  )
})

describe.skipIf(!isRoot)("EmbeddedPostgres as root, in a directory closed to others", () => {
  const closedDirectory = Effect.gen(function* () {
    const parent = yield* temporaryDirectory
    chmodSync(parent, 0o700)
    const dataDir = join(parent, "data")
    const home = homeOf(dataDir)
    yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(home, { recursive: true, force: true })))
    return { dataDir, home, parent }
  })

  it.live("keeps the cluster elsewhere, finds it again, and follows a data directory that is moved", () =>
    Effect.gen(function* () {
      const { dataDir, home, parent } = yield* closedDirectory
      const { directory } = yield* start(dataDir).pipe(
        Effect.tap(({ url }) => query(url, "CREATE TABLE kept AS SELECT 42 AS answer")),
        Effect.scoped
      )
      assert.strictEqual(directory, join(home, "postgres"))
      assert.isTrue(existsSync(join(dataDir, "postgres-password")))
      const moved = join(parent, "moved")
      yield* Effect.promise(() => rename(dataDir, moved))
      yield* start(moved).pipe(
        Effect.tap(({ url }) =>
          Effect.map(query(url, "SELECT answer FROM kept"), (rows) => assert.deepStrictEqual(rows, [{ answer: 42 }]))
        ),
        Effect.scoped
      )
      yield* Effect.promise(() => cp(moved, join(parent, "copy"), { recursive: true }))
      assert.match((yield* Effect.flip(startOnce(join(parent, "copy")))).message, /is a copy of .*moved/)
    }).pipe(Effect.provide(quiet))
  )

  it.live("sets the cluster of a deleted data directory aside", () =>
    Effect.gen(function* () {
      const { dataDir, home } = yield* closedDirectory
      yield* start(dataDir).pipe(
        Effect.tap(({ url }) => query(url, "CREATE TABLE kept AS SELECT 42 AS answer")),
        Effect.scoped
      )
      rmSync(dataDir, { recursive: true })
      const { url } = yield* start(dataDir)
      assert.deepStrictEqual(yield* query(url, "SELECT to_regclass('kept') AS kept"), [{ kept: null }])
      assert.strictEqual(readdirSync(home).filter((name) => /^postgres\.\d{8}T\d{6}Z$/.test(name)).length, 1)
    }).pipe(Effect.provide(quiet))
  )

  it.live("refuses when a cluster in place has become closed", () =>
    Effect.gen(function* () {
      const parent = yield* temporaryDirectory
      const dataDir = join(parent, "data")
      yield* startOnce(dataDir)
      chmodSync(parent, 0o700)
      assert.match((yield* Effect.flip(startOnce(dataDir))).message, /cannot enter .*where the database is/)
      assert.isFalse(existsSync(homeOf(dataDir)))
    }).pipe(Effect.provide(quiet))
  )
})

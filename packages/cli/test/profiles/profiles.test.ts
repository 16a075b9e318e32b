import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Redacted } from "effect"
import { makeSecretKey } from "@audiences/domain/SecretKey"
import { audienceFull, audienceId, page } from "../examples.ts"
import { type Asked, fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

/** A person with a place for profiles, and a server that lets one key in. */
const situation = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped()
  const key = Redacted.value(yield* makeSecretKey("test"))
  const guarded = (body: unknown) => (asked: Asked) =>
    asked.headers.authorization === `Bearer ${key}`
      ? { body }
      : { status: 401, body: { error: "Authentication required" } }
  const server = yield* fakeServer({
    "GET /audiences": guarded(page([audienceFull])),
    "GET /audiences/:id": guarded(audienceFull)
  })
  const env = { XDG_CONFIG_HOME: folder, AUDIENCES_SECRET_KEY: "" }
  return { fs, file: `${folder}/audiences/config.json`, key, server, env }
})

describe("audiences login", () => {
  it.live("tests the key, keeps it for the user alone, and later commands use it", () =>
    Effect.gen(function* () {
      const { env, file, fs, key, server } = yield* situation
      const login = yield* typed(["login", "--url", `${server.url}/`], { env, stdin: `${key}\n` })
      assert.strictEqual(login.exitCode, 0, login.stderr)
      assert.deepStrictEqual(JSON.parse(login.stdout), {
        profile: "default",
        url: server.url,
        mode: "test",
        current: true
      })
      assert.notInclude(login.stdout + login.stderr, key)
      assert.strictEqual((yield* fs.stat(file)).mode & 0o777, 0o600)
      assert.strictEqual((yield* typed(["show", audienceId], { env })).exitCode, 0)
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.live("asks on a terminal, and does not show the key", () =>
    Effect.gen(function* () {
      const { env, file, fs, key, server } = yield* situation
      const login = yield* typed(["login", "--profile", "shop"], {
        env,
        terminal: true,
        keys: `${server.url}\n${key}\n`
      })
      assert.strictEqual(login.exitCode, 0, login.stderr)
      assert.notInclude(login.stdout + login.stderr, key)
      assert.deepStrictEqual(JSON.parse(yield* fs.readFileString(file)), {
        current: "shop",
        profiles: { shop: { url: server.url, secretKey: key } }
      })
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.live("keeps nothing of a key that does not work, of no key, and of what is no address", () =>
    Effect.gen(function* () {
      const { env, file, fs, key, server } = yield* situation
      const refused = yield* typed(["login", "--url", server.url], { env, stdin: "sk_test_wrong" })
      assert.strictEqual(refused.exitCode, 4)
      assert.match(refused.stderr, /does not accept the key from what was entered/)
      assert.strictEqual((yield* typed(["login", "--url", server.url], { env })).exitCode, 2)
      assert.strictEqual((yield* typed(["login", "--url", "shop"], { env, stdin: key })).exitCode, 2)
      assert.strictEqual(
        (yield* typed(["login", "--profile", "a b", "--url", server.url], { env, stdin: key })).exitCode,
        2
      )
      assert.isFalse(yield* fs.exists(file))
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})

describe("A profile", () => {
  it.live("is chosen by the flag, by the variable, or once and for all; the environment wins over it", () =>
    Effect.gen(function* () {
      const { env, key, server } = yield* situation
      const other = yield* situation
      yield* typed(["login", "--url", server.url], { env, stdin: key })
      yield* typed(["login", "--profile", "shop", "--url", other.server.url], { env, stdin: other.key })
      const served = Effect.fnUntraced(function* (args: ReadonlyArray<string>, more: Record<string, string> = {}) {
        const before = [server.asked.length, other.server.asked.length]
        const { exitCode } = yield* typed(["show", audienceId, ...args], { env: { ...env, ...more } })
        assert.strictEqual(exitCode, 0)
        return [server.asked.length - before[0]!, other.server.asked.length - before[1]!]
      })
      assert.deepStrictEqual(yield* served([]), [1, 0])
      assert.deepStrictEqual(yield* served(["--profile", "shop"]), [0, 1])
      assert.deepStrictEqual(yield* served([], { AUDIENCES_PROFILE: "shop" }), [0, 1])
      yield* typed(["profiles", "use", "shop"], { env })
      assert.deepStrictEqual(yield* served([]), [0, 1])
      assert.deepStrictEqual(yield* served([], { AUDIENCES_URL: server.url, AUDIENCES_SECRET_KEY: key }), [1, 0])
      const { lines } = yield* typed(["profiles", "list", "--csv"], { env })
      assert.deepStrictEqual(lines, [
        "NAME,URL,MODE,CURRENT",
        `default,${server.url},test,`,
        `shop,${other.server.url},test,current`
      ])
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.live("never shows its key to another server", () =>
    Effect.gen(function* () {
      const { env, key, server } = yield* situation
      const { asked, url } = yield* fakeServer({ "GET /audiences/:id": { body: audienceFull } })
      yield* typed(["login", "--url", server.url], { env, stdin: key })
      const elsewhere = yield* typed(["show", audienceId], {
        env: { ...env, AUDIENCES_URL: url, AUDIENCES_DATA_DIR: "/nowhere" }
      })
      assert.strictEqual(elsewhere.exitCode, 4)
      assert.strictEqual(asked.length, 0)
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.live("is named by a 401, is forgotten by logout, and one that is not there is told of", () =>
    Effect.gen(function* () {
      const { env, file, fs, key, server } = yield* situation
      yield* typed(["login", "--url", server.url], { env, stdin: key })
      yield* fs.writeFileString(file, (yield* fs.readFileString(file)).replace(key, `${key.slice(0, -1)}~`))
      const refused = yield* typed(["show", audienceId], { env })
      assert.strictEqual(refused.exitCode, 4)
      assert.include(refused.stderr, `the key from the profile default (${file})`)
      const missing = yield* typed(["show", audienceId, "--profile", "shop"], { env })
      assert.strictEqual(missing.exitCode, 2)
      assert.match(missing.stderr, /There is no profile shop; there are default\./)
      assert.strictEqual((yield* typed(["profiles", "use", "shop"], { env })).exitCode, 3)
      assert.strictEqual((yield* typed(["logout"], { env })).exitCode, 0)
      assert.strictEqual((yield* typed(["logout"], { env })).exitCode, 3)
      assert.notInclude(yield* fs.readFileString(file), "sk_test_")
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.live("is refused in a file that others may read, or that is no such file", () =>
    Effect.gen(function* () {
      const { env, file, fs, key, server } = yield* situation
      yield* typed(["login", "--url", server.url], { env, stdin: key })
      yield* fs.chmod(file, 0o644)
      const open = yield* typed(["show", audienceId], { env })
      assert.strictEqual(open.exitCode, 2)
      assert.include(open.stderr, `chmod 600 ${file}`)
      assert.strictEqual(server.asked.length, 1)
      yield* fs.chmod(file, 0o600)
      yield* fs.writeFileString(file, "{}")
      assert.match((yield* typed(["show", audienceId], { env })).stderr, /is not as `audiences login` writes it/)
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})

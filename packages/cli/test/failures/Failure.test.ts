import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Redacted } from "effect"
import { makeSecretKey } from "@audiences/domain/SecretKey"
import { audienceFull, audienceId } from "../examples.ts"
import { type Answer, fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const answered = (answer: Answer, env: Record<string, string> = {}) =>
  Effect.gen(function* () {
    const { url } = yield* fakeServer({ "GET /audiences/:id": answer })
    const result = yield* typed(["show", audienceId], { env: { AUDIENCES_URL: url, ...env } })
    assert.strictEqual(result.stdout, "")
    assert.notMatch(result.stderr, /\n +at .*:\d+:\d+/, "a stack trace")
    return { exitCode: result.exitCode, stderr: result.stderr.replaceAll(url, "URL") }
  })

describe("A failure", () => {
  it.live("has an exit code of its kind, and a sentence", () =>
    Effect.gen(function* () {
      const table: ReadonlyArray<readonly [Answer, number, RegExp]> = [
        [{ status: 400, body: { error: "validation_error", issues: [] } }, 1, /^validation_error\.$/m],
        [{ status: 403, body: { error: "Organization is inactive" } }, 4, /^Organization is inactive\.$/m],
        [{ status: 404, body: { error: "Audience not found" } }, 3, /^Audience not found\.$/m],
        [{ status: 404, body: { error: "Nothing of the kind" } }, 3, /^Nothing of the kind\.$/m],
        [{ status: 404, body: { error: "Not found" } }, 1, /^Not found\.\nIs URL the address.*with \/api/m],
        [{ status: 404, body: "<html>nginx" }, 3, /^URL answered with status 404.*Is AUDIENCES_URL right/m],
        [{ status: 409, body: { error: "Sync already in progress" } }, 5, /^Sync already in progress\.$/m],
        [
          { status: 500, body: { error: "Internal server error", requestId: "r-1" } },
          1,
          /^Internal server error \(request r-1\)\.$/m
        ],
        [{ status: 502, body: "<html>Bad gateway" }, 1, /status 502/],
        [
          { status: 429, body: { error: "Rate limit exceeded" }, headers: { "retry-after": "3600" } },
          1,
          /fewer requests/
        ],
        [{ body: "<html>Welcome" }, 1, /./],
        [{ body: { ...audienceFull, name: 7 } }, 1, /not of the contract[^]*name[^]*Is URL the address/]
      ]
      for (const [answer, code, sentence] of table) {
        const { exitCode, stderr } = yield* answered(answer)
        assert.strictEqual(exitCode, code, stderr)
        assert.match(stderr, sentence)
      }
    })
  )

  it.live("of a 401 names where the key came from, and what is wrong with it", () =>
    Effect.gen(function* () {
      const refused = { status: 401, body: { error: "Authentication required" } }
      const mistyped = yield* answered(refused)
      assert.strictEqual(mistyped.exitCode, 4)
      assert.match(mistyped.stderr, /^URL does not accept the key from AUDIENCES_SECRET_KEY[^]*mistyped or cut off/)
      assert.notMatch(mistyped.stderr, /sk_test_secret/)
      const wellFormed = yield* answered(refused, {
        AUDIENCES_SECRET_KEY: Redacted.value(yield* makeSecretKey("test"))
      })
      assert.match(wellFormed.stderr, /Set AUDIENCES_SECRET_KEY to a key of this server/)
    })
  )

  it.live("of a server that is not there says how to start one", () =>
    Effect.gen(function* () {
      const { close, url } = yield* fakeServer({})
      close()
      assert.deepInclude(yield* typed(["list"], { env: { AUDIENCES_URL: url } }), {
        exitCode: 1,
        stderr: `No server answers at ${url}. Start one with \`npm start\`, or set AUDIENCES_URL.\n`
      })
      assert.deepInclude(yield* typed(["list"], { env: { AUDIENCES_URL: "nonsense" } }), { exitCode: 2 })
    })
  )

  it.live("of the command line shows the fault and where to look, on standard error", () =>
    Effect.gen(function* () {
      for (const args of [
        ["lst"],
        ["list", "--limt", "3"],
        ["list", "--limit", "0"],
        ["show"],
        ["show", "VIPs"],
        ["members", "add", audienceId]
      ]) {
        const { exitCode, stderr, stdout } = yield* typed(args)
        assert.strictEqual(exitCode, 2)
        assert.strictEqual(stdout, "")
        assert.match(stderr, /^More: audiences.* --help$/m)
      }
      assert.match((yield* typed(["show", "VIPs"])).stderr, /`audiences list --search "VIPs"` finds one/)
      assert.match((yield* typed(["lst"])).stderr, /Did you mean this\?\s+list/)
    })
  )
})

describe("Help", () => {
  it.live("is data, and needs neither key nor server", () =>
    Effect.gen(function* () {
      for (const args of [[], ["--help"], ["list", "--help"], ["consumers"], ["members", "--help"]]) {
        const { exitCode, stderr, stdout } = yield* typed(args, { env: { AUDIENCES_SECRET_KEY: "" } })
        assert.strictEqual(exitCode, 0)
        assert.strictEqual(stderr, "")
        assert.match(stdout, /USAGE/)
      }
    })
  )
})

describe("The key", () => {
  it.live("is read from the data directory of a server on this machine, and only for it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      yield* fs.writeFileString(`${directory}/secret-key`, "sk_test_fromfile\n")
      const { asked, url } = yield* fakeServer({ "GET /audiences/:id": { body: audienceFull } })
      const env = { AUDIENCES_SECRET_KEY: "", AUDIENCES_DATA_DIR: directory, AUDIENCES_URL: url }
      assert.strictEqual((yield* typed(["show", audienceId], { env })).exitCode, 0)
      assert.strictEqual(asked[0]!.headers.authorization, "Bearer sk_test_fromfile")
      const elsewhere = yield* typed(["show", audienceId], {
        env: { ...env, AUDIENCES_URL: "https://audiences.example.com/api" }
      })
      assert.strictEqual(elsewhere.exitCode, 4)
      assert.match(elsewhere.stderr, /^There is no key for https:\/\/audiences\.example\.com\/api\./)
      for (const lookalike of ["http://127.0.0.1.example.com/api", "http://localhost.example.com/api"]) {
        assert.strictEqual(
          (yield* typed(["show", audienceId], { env: { ...env, AUDIENCES_URL: lookalike } })).exitCode,
          4
        )
      }
      const none = yield* typed(["show", audienceId], { env: { ...env, AUDIENCES_DATA_DIR: `${directory}/none` } })
      assert.strictEqual(none.exitCode, 4)
      assert.include(none.stderr, `no server has written ${directory}/none/secret-key`)
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})

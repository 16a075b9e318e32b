import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { audienceFull, audienceId, consumerId, page } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const two = page([audienceFull, { ...audienceFull, name: 'Ada, "the first"\nof them', rules: [] }])

describe("--json", () => {
  it.live("prints the fields asked for, in their order, null where there is none", () =>
    Effect.gen(function* () {
      const { url } = yield* fakeServer({ "GET /audiences": { body: two } })
      const situation = { env: { AUDIENCES_URL: url }, terminal: true }
      assert.deepStrictEqual((yield* typed(["list", "--json=name,type"], situation)).lines, [
        '{"name":"VIPs","type":"DYNAMIC"}',
        String.raw`{"name":"Ada, \"the first\"\nof them","type":"DYNAMIC"}`
      ])
      assert.deepStrictEqual(
        (yield* typed(["list", "--limit", "1", "--json", "name,lastRefreshedAt"], situation)).lines,
        ['{"name":"VIPs","lastRefreshedAt":"2026-02-01T10:00:00.123Z"}']
      )
      const mistyped = yield* typed(["list", "--limit", "1", "--json=nam"], situation)
      assert.deepStrictEqual(mistyped.lines, ['{"nam":null}'])
      assert.match(mistyped.stderr, /^Nothing here has nam\. There are id, .*name/m)
    })
  )
})

describe("--query", () => {
  it.live("prints what an expression makes of each object, and no line where it makes nothing", () =>
    Effect.gen(function* () {
      const { url } = yield* fakeServer({
        "GET /audiences": { body: two },
        "GET /audiences/:id": { body: audienceFull }
      })
      const env = { AUDIENCES_URL: url }
      assert.strictEqual((yield* typed(["show", audienceId, "--query", "name"], { env })).stdout, "VIPs\n")
      assert.deepStrictEqual(
        (yield* typed(["list", "--query", '$count(rules) > 0 ? {"n": name, "fields": [rules.field]}'], { env })).lines,
        ['{"n":"VIPs","fields":["ltv"]}']
      )
    })
  )

  it.live("is refused before anything is done when it makes no sense, with a caret", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer({ "GET /audiences": { body: two } })
      const { exitCode, stderr } = yield* typed(["list", "--query", "name ="], { env: { AUDIENCES_URL: url } })
      assert.strictEqual(exitCode, 2)
      assert.match(stderr, /^--query: .*\n {2}name =\n +\^$/m)
      assert.strictEqual(asked.length, 0)
    })
  )

  it.live("that fails on the data exits 2 and says why", () =>
    Effect.gen(function* () {
      const { url } = yield* fakeServer({ "GET /audiences": { body: two } })
      const { exitCode, stderr } = yield* typed(["list", "--query", "$uppercase(5)"], { env: { AUDIENCES_URL: url } })
      assert.strictEqual(exitCode, 2)
      assert.match(stderr, /^--query: .*uppercase/)
    })
  )
})

describe("--csv", () => {
  it.live("prints the columns of the table, or the fields asked for, as RFC 4180 has it", () =>
    Effect.gen(function* () {
      const { url } = yield* fakeServer({
        "GET /audiences": { body: two },
        "GET /audiences/:id": { body: audienceFull }
      })
      const situation = { env: { AUDIENCES_URL: url }, terminal: true }
      assert.strictEqual(
        (yield* typed(["list", "--csv"], situation)).stdout,
        `ID,NAME,TYPE,RULES,REFRESHED\n${audienceId},VIPs,DYNAMIC,1,2026-02-01T10:00:00.123Z\n${audienceId},"Ada, ""the first""\nof them",DYNAMIC,0,2026-02-01T10:00:00.123Z\n`
      )
      assert.deepStrictEqual((yield* typed(["show", audienceId, "--csv=name,rules"], situation)).lines[0], "name,rules")
      assert.strictEqual((yield* typed(["show", audienceId, "--csv"], situation)).exitCode, 0)
    })
  )

  it.live("and JSON at once are refused", () =>
    Effect.gen(function* () {
      for (const other of [["--json"], ["--query", "name"]])
        assert.strictEqual((yield* typed(["list", "--csv", ...other])).exitCode, 2)
    })
  )
})

describe("A table", () => {
  it.live("has colours on a terminal, unless NO_COLOR", () =>
    Effect.gen(function* () {
      const { url } = yield* fakeServer({
        "GET /audiences": { body: two },
        "POST /audiences/:id/members/check": {
          body: {
            audienceId,
            results: [
              { consumerId, status: "IN", version: 1, asOf: "2026-02-01T10:00:00.123Z", stale: false, archived: false }
            ]
          }
        }
      })
      const env = { AUDIENCES_URL: url, TERM: "xterm" }
      const green = "\u001b[32mIN"
      const check = ["check", audienceId, "ada@example.com"]
      const shown = yield* typed(check, { env, terminal: true })
      assert.include(shown.stdout, green, shown.stderr)
      assert.notInclude((yield* typed(check, { env: { ...env, NO_COLOR: "1" }, terminal: true })).stdout, "\u001b")
      assert.notInclude((yield* typed(check, { env })).stdout, "\u001b")
    })
  )
})

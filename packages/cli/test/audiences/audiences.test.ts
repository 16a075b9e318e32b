import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { audience, audienceFull, audienceId, imported, page } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const hostile = "evil \u001b[31mred\u001b[2J\u0007\u202e"

describe("audiences list", () => {
  it.live("prints JSON, one object per line, off a terminal", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer({
        "GET /audiences": { body: page([audienceFull, { ...audienceFull, name: hostile }]) }
      })
      const { exitCode, lines, stderr } = yield* typed(["list"], { env: { AUDIENCES_URL: url } })
      assert.strictEqual(exitCode, 0)
      assert.strictEqual(stderr, "")
      assert.deepStrictEqual(
        lines.map((line) => JSON.parse(line)),
        [audienceFull, { ...audienceFull, name: hostile }]
      )
      assert.strictEqual(asked[0]!.query, "?first=50")
      assert.strictEqual(asked[0]!.headers.authorization, "Bearer sk_test_secret")
    })
  )

  it.live("prints a table on a terminal, where no name can act on it", () =>
    Effect.gen(function* () {
      const names = ["VIPs", "高価値の顧客", "שלום", hostile, "x".repeat(300)]
      const { url } = yield* fakeServer({
        "GET /audiences": { body: page(names.map((name) => ({ ...audienceFull, name }))) }
      })
      const situation = { env: { AUDIENCES_URL: url, NO_COLOR: "1" }, terminal: true, columns: 90 }
      const { lines, stdout } = yield* typed(["list"], situation)
      assert.lengthOf(lines, 6)
      assert.match(lines[0]!, /^ID {36}NAME +TYPE +RULES +REFRESHED$/)
      assert.match(lines[1]!, new RegExp(`^${audienceId}  VIPs +DYNAMIC +1  2026-02-01 10:00:00Z$`))
      for (const acting of ["\u001b", "\u0007", "\u202e"]) assert.notInclude(stdout, acting)
      assert.match(lines[4]!, /evil \\u001b/)
      const colored = yield* typed(["list"], { ...situation, env: { AUDIENCES_URL: url } })
      assert.isTrue(colored.lines[0]!.startsWith("\u001b[1mID"))
      const json = yield* typed(["list", "--json"], situation)
      assert.strictEqual(JSON.parse(json.lines[0]!).name, "VIPs")
    })
  )

  it.live("reads on to the limit, and says that there is more", () =>
    Effect.gen(function* () {
      const many = (endCursor: string | null) => ({
        body: page(
          Array.from({ length: 100 }, () => audienceFull),
          endCursor
        )
      })
      const { asked, url } = yield* fakeServer({ "GET /audiences": [many("one"), many("two"), many(null)] })
      const env = { AUDIENCES_URL: url }
      const { lines, stderr } = yield* typed(["list", "--limit", "150"], { env })
      assert.lengthOf(lines, 150)
      assert.match(stderr, /first 150; --limit prints more/)
      assert.deepStrictEqual(
        asked.map(({ query }) => query),
        ["?first=100", "?first=100&after=one"]
      )
      assert.deepInclude(yield* typed(["list", "--all"], { env }), { stderr: "" })
    })
  )

  it.live("sends filters and sorting as the contract names them", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer({ "GET /audiences": { body: page([]) } })
      const { lines } = yield* typed(
        [
          "list",
          "--search",
          "vip",
          "--type",
          "static-list",
          "--archived",
          "--sort",
          "name",
          "--direction",
          "asc",
          "--limit",
          "5"
        ],
        { env: { AUDIENCES_URL: url } }
      )
      assert.lengthOf(lines, 0)
      assert.deepStrictEqual(Object.fromEntries(new URLSearchParams(asked[0]!.query)), {
        first: "5",
        search: "vip",
        type: "STATIC_LIST",
        archived: "true",
        sortBy: "name",
        sortDir: "asc"
      })
    })
  )
})

describe("audiences show", () => {
  it.live("prints fields and rules on a terminal", () =>
    Effect.gen(function* () {
      const { url } = yield* fakeServer({ "GET /audiences/:id": { body: audienceFull } })
      const { stdout } = yield* typed(["show", audienceId], {
        env: { AUDIENCES_URL: url, NO_COLOR: "1" },
        terminal: true
      })
      assert.match(stdout, /^name +VIPs$/m)
      assert.match(stdout, /^where\n {2}ltv > "1000"$/m)
    })
  )

  it.live("says how the latest import went, which comes first", () =>
    Effect.gen(function* () {
      const imports = [
        { ...imported, status: "COMPLETED" },
        { ...imported, status: "FAILED" }
      ]
      const { url } = yield* fakeServer({ "GET /audiences/:id": { body: { ...audienceFull, imports } } })
      const { stdout } = yield* typed(["show", audienceId], {
        env: { AUDIENCES_URL: url, NO_COLOR: "1" },
        terminal: true
      })
      assert.match(stdout, /^imports +2, the latest COMPLETED$/m)
    })
  )
})

describe("audiences create", () => {
  it.live("sends the rules of the command line, of a file and of standard input", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      const rules = [{ field: "ltv", operator: "GREATER_THAN", values: ["1000"] }]
      yield* fs.writeFileString(`${directory}/rules.json`, `\uFEFF${JSON.stringify(rules)}`)
      const { asked, url } = yield* fakeServer({ "POST /audiences": { body: audienceFull } })
      const env = { AUDIENCES_URL: url }
      for (const source of [JSON.stringify(rules), `@${directory}/rules.json`, "@-", "-"]) {
        const { exitCode } = yield* typed(["create", "VIPs", "--rules", source, "--interval", "15m"], {
          env,
          stdin: JSON.stringify(rules)
        })
        assert.strictEqual(exitCode, 0)
      }
      for (const { body } of asked)
        assert.deepStrictEqual(JSON.parse(body), { name: "VIPs", type: "DYNAMIC", refreshIntervalSeconds: 900, rules })
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.live("makes a SYNCED_LIST of a sync source", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer({ "POST /audiences": { body: audienceFull } })
      yield* typed(["create", "Newsletter", "--sync-source", "klaviyo:list:Y6nRLr"], { env: { AUDIENCES_URL: url } })
      assert.deepStrictEqual(JSON.parse(asked[0]?.body ?? ""), {
        name: "Newsletter",
        type: "SYNCED_LIST",
        primarySyncSource: { syncSource: "klaviyo:list", syncSourceId: "Y6nRLr" }
      })
    })
  )

  it.live("refuses what the server would refuse, each problem on a line with its path", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer({})
      const { exitCode, stderr, stdout } = yield* typed(
        ["create", "", "--rules", '[{"field":"ltv","operator":"BIGGER","values":[]},{}]'],
        { env: { AUDIENCES_URL: url } }
      )
      assert.strictEqual(exitCode, 1)
      assert.strictEqual(stdout, "")
      assert.match(stderr, /^name: /m)
      assert.match(stderr, /^rules\[0\]\.operator: /m)
      assert.match(stderr, /^rules\[1\]\.field: /m)
      assert.lengthOf(asked, 0)
    })
  )

  it.live("tells how to say it when the type is missing or the JSON is broken", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* typed(["create", "VIPs"]), {
        exitCode: 2,
        stderr: "Say --type DYNAMIC, STATIC_LIST or SYNCED_LIST, or give --where or --sync-source.\n"
      })
      const { exitCode, stderr } = yield* typed(["create", "VIPs", "--rules", "[{"])
      assert.strictEqual(exitCode, 2)
      assert.match(stderr, /^--rules is not JSON: /)
    })
  )
})

describe("audiences update", () => {
  it.live("sends only what is given, null for what is cleared", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer({
        "PUT /audiences/:id": { body: audience },
        "PUT /audiences/:id/rules": { body: [] },
        "GET /audiences/:id": { body: audienceFull }
      })
      const env = { AUDIENCES_URL: url }
      yield* typed(
        ["update", audienceId, "--name", "Top", "--clear", "interval", "--clear", "description", "--rules", "[]"],
        { env }
      )
      assert.deepStrictEqual(
        asked.map(({ body, method, path }) => [
          method,
          path.replace(audienceId, "x"),
          body === "" ? "" : JSON.parse(body)
        ]),
        [
          ["PUT", "/api/audiences/x/rules", { rules: [] }],
          ["PUT", "/api/audiences/x", { name: "Top", refreshIntervalSeconds: null, description: null }],
          ["GET", "/api/audiences/x", ""]
        ]
      )
      assert.deepInclude(yield* typed(["update", audienceId], { env }), { exitCode: 2 })
    })
  )
})

describe("audiences archive, count, status", () => {
  it.live("prints what the server answers", () =>
    Effect.gen(function* () {
      const status = {
        audienceId,
        version: 4,
        stale: false,
        inProgress: false,
        lastRefreshedAt: "2026-02-01T10:00:00.123Z"
      }
      const { url } = yield* fakeServer({
        "DELETE /audiences/:id": { body: { ...audience, archived: true } },
        "GET /audiences/:id/count": { body: { audienceId, count: 1234 } },
        "GET /audiences/:id/status": { body: status }
      })
      const env = { AUDIENCES_URL: url, NO_COLOR: "1" }
      assert.strictEqual(JSON.parse((yield* typed(["archive", audienceId, "--yes"], { env })).stdout).archived, true)
      assert.strictEqual(
        (yield* typed(["count", audienceId], { env })).stdout,
        `{"audienceId":"${audienceId}","count":1234}\n`
      )
      assert.strictEqual((yield* typed(["count", audienceId], { env, terminal: true })).stdout, "1234\n")
      assert.deepStrictEqual(JSON.parse((yield* typed(["status", audienceId], { env })).stdout), status)
      assert.match((yield* typed(["status", audienceId], { env, terminal: true })).stdout, /^version +4$/m)
    })
  )
})

describe("audiences status", () => {
  it.live("waits with --watch until the membership reflects everything", () =>
    Effect.gen(function* () {
      const at = (inProgress: boolean, stale: boolean) => ({ body: { audienceId, version: 1, stale, inProgress } })
      const { asked, url } = yield* fakeServer({
        "GET /audiences/:id/status": [at(false, true), at(true, true), at(false, false)]
      })
      const { stderr, stdout } = yield* typed(["status", audienceId, "--watch"], { env: { AUDIENCES_URL: url } })
      assert.strictEqual(JSON.parse(stdout).stale, false)
      assert.strictEqual(stderr, "Waiting\nRefreshing\n")
      assert.lengthOf(asked, 3)
    })
  )
})

describe("audiences refresh", () => {
  it.live("waits with --watch until nothing is in progress", () =>
    Effect.gen(function* () {
      const at = (pendingShards: number) => ({
        body: { audienceId, version: 1, stale: pendingShards > 0, inProgress: pendingShards > 0, pendingShards }
      })
      const { url } = yield* fakeServer({
        "POST /audiences/:id/refresh": at(2),
        "GET /audiences/:id/status": [at(1), at(0)]
      })
      const { exitCode, stderr, stdout } = yield* typed(["refresh", audienceId, "--watch"], {
        env: { AUDIENCES_URL: url }
      })
      assert.strictEqual(exitCode, 0)
      assert.strictEqual(JSON.parse(stdout).inProgress, false)
      assert.strictEqual(stderr, "Refreshing  0%\nRefreshing  50%\n")
    })
  )
})

describe("--watch", () => {
  it.live("waits until an audience that is created or changed reflects its rules", () =>
    Effect.gen(function* () {
      const fresh = { audienceId, version: 1, stale: false, inProgress: false, pendingShards: 0, lastRefreshedAt: null }
      const { asked, url } = yield* fakeServer({
        "POST /audiences": { body: audienceFull },
        "PUT /audiences/:id": { body: audience },
        "GET /audiences/:id/status": [{ body: { ...fresh, stale: true } }, { body: fresh }],
        "GET /audiences/:id": { body: audienceFull }
      })
      const env = { AUDIENCES_URL: url }
      const created = yield* typed(["create", "VIPs", "--where", "ltv > 1", "--watch"], { env })
      assert.strictEqual(created.exitCode, 0, created.stderr)
      assert.deepStrictEqual(
        asked.map(({ method, path }) => `${method} ${path.replace(audienceId, "x")}`),
        ["POST /api/audiences", "GET /api/audiences/x/status", "GET /api/audiences/x/status", "GET /api/audiences/x"]
      )
      assert.match(created.stderr, /^Waiting/)
      assert.strictEqual((yield* typed(["update", audienceId, "--name", "V", "--watch"], { env })).exitCode, 0)
    })
  )
})

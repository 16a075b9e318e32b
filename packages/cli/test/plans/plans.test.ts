import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { audienceFull, audienceId, consumer, importId as newId, organizationId, page, rule } from "../examples.ts"
import { type Answers, fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const lines = (text: string) => text.split("\n").filter((line) => line !== "")
const nobody = { count: 0, data: [] }
const some = (count: number) => ({ count, data: [consumer] })
const list = { ...audienceFull, id: newId, name: "Press", type: "STATIC_LIST", rules: [] }

/** A server with a DYNAMIC audience and a list, on which rules with an email hold for ada@example.com only. */
const server = (answers: Answers = {}) =>
  fakeServer({
    "GET /audiences": { body: page([audienceFull, list]) },
    "POST /audiences/preview": ({ body }) => {
      const { audienceId, rules } = JSON.parse(body)
      const held = rules.find(({ field }: typeof rule) => field === "email")
      const members = held === undefined ? some(10) : held.values[0] === consumer.email ? some(1) : nobody
      return {
        body: {
          asOf: "2026-02-01T10:00:00.123Z",
          members,
          ...(audienceId === undefined ? {} : { entering: some(3), leaving: nobody })
        }
      }
    },
    ...answers
  })

const situation = (url: string, stdin: string) => ({
  env: { AUDIENCES_URL: url, NO_COLOR: "1" },
  terminal: true,
  stdin
})

describe("audiences plan", () => {
  it.live("shows what would be created and changed, and who would come and go", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* server()
      const file = `
audiences:
  - name: VIPs
    description: Who spends much
    where: ltv > 2000
  - name: Lapsed
    where: lastOrderAt < -P90D
  - name: Press
    type: STATIC_LIST
`
      const { exitCode, stderr, stdout } = yield* typed(["plan", "-"], situation(url, file))
      assert.strictEqual(exitCode, 0)
      assert.deepStrictEqual(lines(stdout), [
        `~ update "VIPs" (DYNAMIC, ${audienceId})`,
        "    description",
        "      - nothing",
        "      + Who spends much",
        "    where",
        '      - ltv > "1000"',
        "      + ltv > 2000",
        "    members: 7 → 10, 3 would enter, 0 would leave",
        "      + ada@example.com, and 2 more",
        '+ create "Lapsed" (DYNAMIC)',
        "    members: 10"
      ])
      assert.strictEqual(stderr, "1 to create, 1 to update, 0 to archive, 1 as they should be.\n")
      assert.isTrue(asked.every(({ method, path }) => method === "GET" || path.endsWith("/preview")))
    })
  )

  it.live("exits 8 with --check when anything is to be done, and prints JSON off a terminal", () =>
    Effect.gen(function* () {
      const { url } = yield* server()
      const env = { AUDIENCES_URL: url }
      const drifted = yield* typed(["plan", "-", "--check"], {
        env,
        stdin: "audiences: [{name: Press, iconName: star}]"
      })
      assert.strictEqual(drifted.exitCode, 8)
      assert.deepStrictEqual(
        lines(drifted.stdout).map((line) => JSON.parse(line)),
        [
          {
            action: "update",
            name: "Press",
            type: "STATIC_LIST",
            id: newId,
            changes: [{ field: "iconName", from: null, to: "star" }],
            expectations: []
          }
        ]
      )
      assert.match(drifted.stderr, /left alone: "VIPs"/)
      const same = yield* typed(["plan", "-", "--check"], { env, stdin: "audiences: [{name: Press}]" })
      assert.deepInclude(same, { exitCode: 0, stdout: "" })
    })
  )

  it.live("holds the order of lines and groups, and of keys, for no change", () =>
    Effect.gen(function* () {
      const rules = [
        { ...rule, field: "aov", groupId: audienceId },
        { ...rule, groupId: newId },
        { ...rule, field: "totalOrders", values: [1], groupId: audienceId }
      ]
      const found = { ...audienceFull, rules, metadata: { a: 1, b: { c: 2, d: 3 } } }
      const { url } = yield* server({ "GET /audiences": { body: page([found]) } })
      const where = `ltv > "1000" or totalOrders > 1 and aov > "1000"`
      const stdin = JSON.stringify({ audiences: [{ name: "VIPs", where, metadata: { b: { d: 3, c: 2 }, a: 1 } }] })
      assert.strictEqual((yield* typed(["plan", "-", "--check"], { ...situation(url, stdin) })).exitCode, 0)
    })
  )

  it.live("tries what is expected of consumers on the rules of the file", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* server()
      const file = (people: string) =>
        `audiences: [{name: New, where: ltv > 1 or aov > 1, expect: {in: [${people}], out: [eve@example.com]}}]`
      const met = yield* typed(["plan", "-"], situation(url, file("ada@example.com")))
      assert.strictEqual(met.exitCode, 0)
      const held = JSON.parse(asked.at(-2)!.body).rules
      assert.lengthOf(held, 4)
      for (const groupId of new Set(held.map((line: typeof rule) => line.groupId)))
        assert.deepStrictEqual(
          held.filter((line: typeof rule) => line.groupId === groupId).map((line: typeof rule) => line.values),
          [[1], ["ada@example.com"]]
        )
      const missed = yield* typed(["plan", "-"], situation(url, file("bob@example.com")))
      assert.strictEqual(missed.exitCode, 1)
      assert.match(missed.stdout, /^! "New": bob@example\.com would be OUT, expected IN$/m)
      assert.match(missed.stderr, /1 consumer would not be where the file expects/)
    })
  )

  it.live("asks the gate what is expected of lists", () =>
    Effect.gen(function* () {
      const result = { consumerId: null, version: 1, asOf: null, stale: false, archived: false }
      const { url } = yield* server({
        "POST /audiences/:id/members/check": {
          body: {
            audienceId: newId,
            results: [
              { ...result, status: "IN" },
              { ...result, status: "UNKNOWN" }
            ]
          }
        }
      })
      const file = "audiences: [{name: Press, expect: {in: [C-1, C-2]}}]"
      const { exitCode, stdout } = yield* typed(["plan", "-"], situation(url, file))
      assert.strictEqual(exitCode, 1)
      assert.deepStrictEqual(lines(stdout), ['! "Press": C-2 would be UNKNOWN, expected IN'])
    })
  )

  it.live.each<readonly [string, string]>([
    ["audiences: [", "is not YAML"],
    ["audiences: [{name: A, were: x}]", "audiences[0].were: there is no such key"],
    ["audiences: [{nam: A}]", "audiences[0].name: "],
    ["audiences: [{name: A}]", "say its type"],
    ["audiences: [{name: A, where: 'ltv >'}]", "audiences[0].where: Expected a value.\n  ltv >\n"],
    ["audiences: [{name: A, where: ltv > 1, rules: []}]", "give one of them"],
    ["audiences: [{name: A, where: ltv > 1}, {name: A, where: ltv > 1}]", "the same as audiences[0]"],
    ["audiences: [{name: VIPs, type: STATIC_LIST}]", "a type cannot be changed"],
    [`audiences: [{name: A, id: ${consumer.id}}]`, "There is no audience"],
    [`audiences: [{name: B, id: ${audienceId}}, {name: VIPs}]`, "declared twice"],
    [`audiences: [{name: A, where: ltv > 1, expect: {in: [${consumer.id}]}}]`, "not by id"]
  ])("refuses %s", ([file, message]) =>
    Effect.gen(function* () {
      const { url } = yield* server()
      const { exitCode, stderr } = yield* typed(["plan", "-"], situation(url, file))
      assert.strictEqual(exitCode, 2)
      assert.include(stderr, message)
    })
  )

  it.live("asks which one is meant where several have the name", () =>
    Effect.gen(function* () {
      const { url } = yield* server({
        "GET /audiences": { body: page([audienceFull, { ...audienceFull, id: newId }]) }
      })
      const { exitCode, stderr } = yield* typed(["plan", "-"], situation(url, "audiences: [{name: VIPs}]"))
      assert.strictEqual(exitCode, 2)
      assert.include(stderr, `say which by id, ${audienceId} or ${newId}`)
    })
  )
})

describe("audiences apply", () => {
  const written = {
    "POST /audiences": { body: { ...audienceFull, id: newId } },
    "PUT /audiences/:id": { body: audienceFull },
    "PUT /audiences/:id/rules": { body: [] },
    "DELETE /audiences/:id": { body: audienceFull }
  }
  const writes = (asked: ReadonlyArray<{ readonly method: string; readonly path: string; readonly body: string }>) =>
    asked
      .filter(({ method, path }) => method !== "GET" && !path.endsWith("/preview"))
      .map(({ body, method, path }) => [method, path.replace("/api", ""), body === "" ? "" : JSON.parse(body)])

  it.live("does what the plan says, rules before the rest", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* server(written)
      const file =
        "audiences: [{name: VIPs, where: ltv > 2, description: x}, {name: New, where: ltv > 3, iconName: star}]"
      const { exitCode, stderr } = yield* typed(["apply", "-"], situation(url, file))
      assert.strictEqual(exitCode, 0)
      assert.include(stderr, `Updated "VIPs" (${audienceId}).\nCreated "New" (${newId}).\n`)
      const line = (value: number) => ({ field: "ltv", operator: "GREATER_THAN", values: [value] })
      assert.deepStrictEqual(writes(asked), [
        ["PUT", `/audiences/${audienceId}/rules`, { rules: [{ ...line(2), audienceId }] }],
        ["PUT", `/audiences/${audienceId}`, { name: "VIPs", description: "x" }],
        ["POST", "/audiences", { name: "New", type: "DYNAMIC", iconName: "star", rules: [line(3)] }]
      ])
    })
  )

  it.live("changes nothing when an expectation is missed", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* server(written)
      const file = "audiences: [{name: VIPs, where: ltv > 2, expect: {in: [bob@example.com]}}]"
      assert.strictEqual((yield* typed(["apply", "-"], situation(url, file))).exitCode, 1)
      assert.deepStrictEqual(writes(asked), [])
    })
  )

  it.live("archives what is not in the file only with --prune and --yes", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* server(written)
      const file = "audiences: [{name: VIPs}]"
      const refused = yield* typed(["apply", "-", "--prune"], situation(url, file))
      assert.strictEqual(refused.exitCode, 2)
      assert.deepStrictEqual(writes(asked), [])
      yield* typed(["apply", "-", "--prune", "--yes"], situation(url, file))
      assert.deepStrictEqual(writes(asked), [["DELETE", `/audiences/${newId}`, ""]])
    })
  )
})

describe("audiences pull", () => {
  it.live("writes a file, YAML or JSON, that plan finds nothing to do about", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      const odd = {
        ...audienceFull,
        id: organizationId,
        name: "no",
        description: "a: b\n# c",
        metadata: { "2026-01-01": ["1e3", null] }
      }
      const synced = {
        ...list,
        name: "Synced",
        type: "SYNCED_LIST",
        primarySyncSource: {
          id: newId,
          organizationId: audienceFull.organizationId,
          syncSource: "klaviyo:list",
          syncSourceId: "X",
          archived: false,
          createdAt: audienceFull.createdAt,
          createdBy: "key:1"
        }
      }
      const live = [audienceFull, odd, list, { ...list, id: consumer.id }, { ...synced, id: rule.id }]
      const { url } = yield* server({ "GET /audiences": { body: page(live) } })
      const { env } = situation(url, "")
      for (const name of ["audiences.yaml", "audiences.json"]) {
        const file = `${directory}/${name}`
        assert.match((yield* typed(["pull", file], { env })).stderr, /^5 audiences written to /)
        assert.deepInclude(yield* typed(["plan", file, "--check"], { env }), { exitCode: 0, stdout: "" })
      }
      const { stdout } = yield* typed(["pull", "--json"], { env })
      assert.deepStrictEqual(JSON.parse(stdout).audiences.slice(0, 3), [
        { name: "VIPs", type: "DYNAMIC", where: 'ltv > "1000"' },
        { name: "no", type: "DYNAMIC", where: 'ltv > "1000"', description: odd.description, metadata: odd.metadata },
        { id: newId, name: "Press", type: "STATIC_LIST" }
      ])
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})

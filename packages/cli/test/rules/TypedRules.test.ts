import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { audienceFull, audienceId, rule } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const text = "ltv >= 1000 and lastGeoCountry in (US, CA) or loyaltyBalance > 500"

describe("--where", () => {
  it.live("sends the rules of the command line, of a file and of standard input", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      yield* fs.writeFileString(`${directory}/vips.where`, text.replaceAll(" or ", "\n  or "))
      const { asked, url } = yield* fakeServer({ "POST /audiences": { body: audienceFull } })
      for (const where of [text, `@${directory}/vips.where`, "@-", "-"]) {
        const { exitCode } = yield* typed(["create", "VIPs", "--where", where], {
          env: { AUDIENCES_URL: url },
          stdin: text
        })
        assert.strictEqual(exitCode, 0)
      }
      assert.lengthOf(asked, 4)
      for (const { body } of asked) {
        const { rules, type } = JSON.parse(body)
        assert.strictEqual(type, "DYNAMIC")
        assert.deepStrictEqual(
          rules.map(({ field, operator, values }: typeof rule) => [field, operator, values]),
          [
            ["ltv", "GREATER_THAN_OR_EQUAL", [1000]],
            ["lastGeoCountry", "IN", ["US", "CA"]],
            ["loyaltyBalance", "GREATER_THAN", [500]]
          ]
        )
        assert.strictEqual(rules[0].groupId, rules[1].groupId)
        assert.notStrictEqual(rules[0].groupId, rules[2].groupId)
      }
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.live("shows a fault where it stands, before anything is asked", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer({})
      const { exitCode, stderr } = yield* typed(["create", "VIPs", "--where", "fullName = '高価' and ltv >>= 5"], {
        env: { AUDIENCES_URL: url }
      })
      assert.strictEqual(exitCode, 2)
      assert.deepStrictEqual(stderr.split("\n"), [
        "--where: Expected a value.",
        "  fullName = '高価' and ltv >>= 5",
        `${" ".repeat(29)}^^`,
        ""
      ])
      assert.lengthOf(asked, 0)
    })
  )

  it.live("shows only the surroundings of a fault in a long text", () =>
    Effect.gen(function* () {
      const long = `${"ltv > 1 and ".repeat(20)}ltv ! 5${" and ltv > 1".repeat(20)}`
      const { stderr } = yield* typed(["create", "VIPs", "--where", long])
      const [, line = "", caret = ""] = stderr.split("\n")
      assert.isBelow(line.length, 85)
      assert.strictEqual(line[caret.indexOf("^")], "!")
    })
  )

  it.live("shows what the server refuses where it was typed", () =>
    Effect.gen(function* () {
      const key = (key: string | number) => ({ type: "object", origin: "value", input: {}, key })
      const issue = {
        kind: "schema",
        type: "x",
        expected: "a number",
        received: '"much"',
        message: "Expected a number"
      }
      const { url } = yield* fakeServer({
        "PUT /audiences/:id/rules": {
          status: 400,
          body: {
            error: "validation_error",
            issues: [{ ...issue, path: [key("rules"), key(1), key("values"), key(0)] }]
          }
        }
      })
      const { exitCode, stderr } = yield* typed(["update", audienceId, "--where", "ltv > 5 and totalOrders = much"], {
        env: { AUDIENCES_URL: url }
      })
      assert.strictEqual(exitCode, 1)
      assert.deepStrictEqual(stderr.split("\n"), [
        "Expected a number",
        "  ltv > 5 and totalOrders = much",
        `${" ".repeat(28)}^^^^`,
        ""
      ])
    })
  )

  it.live("is not given together with --rules", () =>
    Effect.gen(function* () {
      const { exitCode, stderr } = yield* typed(["preview", "--where", "ltv > 5", "--rules", "[]"])
      assert.deepInclude({ exitCode, stderr }, { exitCode: 2, stderr: "Give --where or --rules, not both.\n" })
    })
  )
})

describe("audiences show", () => {
  it.live("prints rules as --where takes them, a group in each line", () =>
    Effect.gen(function* () {
      const rules = [
        rule,
        { ...rule, field: "lastGeoCity", operator: "EQUALS", values: ["New \u202e York"] },
        { ...rule, operator: "NOT_EXISTS", values: [], groupId: audienceId }
      ]
      const { url } = yield* fakeServer({ "GET /audiences/:id": { body: { ...audienceFull, rules } } })
      const { lines } = yield* typed(["show", audienceId], {
        env: { AUDIENCES_URL: url, NO_COLOR: "1" },
        terminal: true
      })
      assert.deepStrictEqual(lines.slice(-4), [
        "",
        "where",
        '  ltv > "1000" and lastGeoCity = "New \\u202e York"',
        "  or ltv not exists"
      ])
    })
  )
})

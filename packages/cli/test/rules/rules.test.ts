import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { audienceId, rule } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

describe("audiences rules", () => {
  it.live("lists, shows, adds, changes, removes, and replaces all", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer({
        "GET /audiences/:id/rules": { body: [rule] },
        "POST /audiences/:id/rules": { body: rule },
        "PUT /audiences/:id/rules": { body: [rule, rule] },
        "GET /audiences/:id/rules/:rule": { body: rule },
        "PUT /audiences/:id/rules/:rule": { body: rule },
        "DELETE /audiences/:id/rules/:rule": { body: rule }
      })
      const env = { AUDIENCES_URL: url, NO_COLOR: "1" }
      const listed = yield* typed(["rules", "list", audienceId], { env, terminal: true })
      assert.match(listed.stdout, /ltv > "1000"$/m)
      const runs = [
        ["show", audienceId, rule.id],
        ["add", audienceId, "--where", "totalOrders >= 3"],
        ["update", audienceId, rule.id, "--where", "ltv >= 2000"],
        ["update", audienceId, rule.id, "--rule", '{"values":["7"]}'],
        ["remove", audienceId, rule.id, "--yes"],
        ["set", audienceId, "--where", "ltv > 1 or totalOrders > 2"]
      ]
      for (const args of runs) {
        const { exitCode, stderr } = yield* typed(["rules", ...args], { env })
        assert.strictEqual(exitCode, 0, `${args.join(" ")}: ${stderr}`)
      }
      const bodies = asked.slice(1).map(({ body, method }) => [method, body === "" ? null : JSON.parse(body)])
      assert.deepStrictEqual(bodies.slice(0, 5), [
        ["GET", null],
        ["POST", { audienceId, field: "totalOrders", operator: "GREATER_THAN_OR_EQUAL", values: [3] }],
        ["PUT", { field: "ltv", operator: "GREATER_THAN_OR_EQUAL", values: [2000] }],
        ["PUT", { values: ["7"] }],
        ["DELETE", null]
      ])
      assert.lengthOf(bodies[5]![1].rules, 2)
    })
  )

  it.live("takes one rule where one is asked for", () =>
    Effect.gen(function* () {
      for (const args of [["--where", "ltv > 1 and totalOrders > 2"], [], ["--rule", "7"]]) {
        const { exitCode, stderr } = yield* typed(["rules", "add", audienceId, ...args], {
          env: { AUDIENCES_URL: "http://127.0.0.1:1/api" }
        })
        assert.strictEqual(exitCode, 2, stderr)
      }
    })
  )
})

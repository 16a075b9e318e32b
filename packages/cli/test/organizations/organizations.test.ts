import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { audienceId as siblingId, organizationId, page } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const live = {
  id: organizationId,
  name: "Shop",
  mode: "live",
  siblingId,
  active: true,
  rateLimitPerMinute: null,
  gateRateLimitPerMinute: null,
  createdAt: "2026-01-31T09:30:00.000Z"
}

describe("audiences organizations", () => {
  it.live("lists, shows, creates and updates", () =>
    Effect.gen(function* () {
      const founded = { live, test: { ...live, id: siblingId, siblingId: organizationId, mode: "test" }, keys: [] }
      const { asked, url } = yield* fakeServer({
        "GET /organizations": { body: page([live]) },
        "GET /organizations/:id": { body: live },
        "POST /organizations": { body: founded },
        "PUT /organizations/:id": { body: live }
      })
      const env = { AUDIENCES_URL: url, NO_COLOR: "1" }
      assert.match((yield* typed(["organizations", "list"], { env, terminal: true })).lines[1]!, /Shop +live +active/)
      assert.deepStrictEqual(
        JSON.parse((yield* typed(["organizations", "show", organizationId], { env })).stdout),
        live
      )
      const created = yield* typed(["organizations", "create", "Shop"], { env })
      assert.deepStrictEqual(JSON.parse(created.stdout), founded)
      const flags = ["--no-active", "--rate-limit", "0", "--clear", "gate-rate-limit"]
      yield* typed(["organizations", "update", organizationId, ...flags], { env })
      assert.deepStrictEqual(
        asked.slice(2).map(({ body, method }) => [method, JSON.parse(body)]),
        [
          ["POST", { name: "Shop" }],
          ["PUT", { active: false, rateLimitPerMinute: 0, gateRateLimitPerMinute: null }]
        ]
      )
      assert.strictEqual((yield* typed(["organizations", "update", organizationId], { env })).exitCode, 2)
    })
  )
})

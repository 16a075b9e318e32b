import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

describe("audiences settings", () => {
  it.live("shows them, and changes only what is given", () =>
    Effect.gen(function* () {
      const settings = { defaultRefreshIntervalSeconds: 900, auditRetentionDays: null, importUndoDays: 30 }
      const { asked, url } = yield* fakeServer({
        "GET /settings": { body: settings },
        "PUT /settings": { body: settings }
      })
      const env = { AUDIENCES_URL: url }
      assert.deepStrictEqual(JSON.parse((yield* typed(["settings"], { env })).stdout), settings)
      yield* typed(["settings", "update", "--interval", "15m", "--undo-days", "7", "--clear", "audit-days"], { env })
      assert.deepStrictEqual(JSON.parse(asked[1]!.body), {
        defaultRefreshIntervalSeconds: 900,
        auditRetentionDays: null,
        importUndoDays: 7
      })
      assert.strictEqual((yield* typed(["settings", "update"], { env })).exitCode, 2)
      const refused = yield* typed(["settings", "update", "--audit-days", "0"], { env })
      assert.strictEqual(refused.exitCode, 1)
      assert.match(refused.stderr, /^auditRetentionDays: /)
      assert.lengthOf(asked, 2)
    })
  )
})

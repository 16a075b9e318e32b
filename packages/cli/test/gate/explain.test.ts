import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { audienceId, consumerId } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const holding = (field: string, holds: boolean, value: unknown) => ({
  rule: { field, operator: "GREATER_THAN", values: [5] },
  holds,
  value,
  text: "…"
})

const explanation = {
  audienceId,
  consumerId,
  type: "DYNAMIC",
  status: "OUT",
  version: 3,
  asOf: "2026-02-01T10:00:00.123Z",
  stale: false,
  archived: false,
  since: { at: null, version: null, cause: null, before: null },
  meetsRules: false,
  groups: [
    { groupId: audienceId, holds: false, rules: [holding("ltv", true, "6"), holding("totalOrders", false, 2)] },
    { groupId: consumerId, holds: false, rules: [holding("loyaltyBalance", false, null)] }
  ],
  chosen: null,
  flip: null,
  flipInTime: null,
  text: "OUT, and never was in. Would be IN with: totalOrders 6."
}

describe("audiences explain", () => {
  it.live("says why, and of every rule whether it holds", () =>
    Effect.gen(function* () {
      const { url } = yield* fakeServer({ "GET /audiences/:id/members/:consumer/explain": { body: explanation } })
      const env = { AUDIENCES_URL: url, NO_COLOR: "1" }
      const args = ["explain", audienceId, consumerId]
      assert.deepStrictEqual(JSON.parse((yield* typed(args, { env })).stdout), explanation)
      assert.deepStrictEqual((yield* typed(args, { env, terminal: true })).lines, [
        explanation.text,
        "",
        "GROUP  HOLDS  RULE                VALUE",
        "    1  yes    ltv > 5             6",
        "    1  no     totalOrders > 5     2",
        "    2  no     loyaltyBalance > 5"
      ])
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { audienceId, consumerId } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const overlap = {
  audiences: [
    { audienceId, name: "VIPs", count: 200 },
    { audienceId: consumerId, name: "Nobody", count: 0 },
    { audienceId, name: "Readers", count: 50 }
  ],
  intersections: [
    [200, 0, 40],
    [0, 0, 0],
    [40, 0, 50]
  ]
}

describe("audiences overlap", () => {
  it.live("prints a heat map on a terminal, what the server answers otherwise", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer({ "GET /audiences/overlap": { body: overlap } })
      const args = ["overlap", audienceId, consumerId, audienceId]
      const env = { AUDIENCES_URL: url, NO_COLOR: "1" }
      assert.deepStrictEqual(JSON.parse((yield* typed(args, { env })).stdout), overlap)
      assert.strictEqual(
        new URLSearchParams(asked[0]!.query).get("audienceIds"),
        [audienceId, consumerId, audienceId].join(",")
      )
      assert.deepStrictEqual((yield* typed(args, { env, terminal: true })).lines, [
        "#  AUDIENCE  MEMBERS  IN 1    IN 2    IN 3",
        "1  VIPs          200  █ 100%      0%  ░  20%",
        "2  Nobody          0  -       -       -",
        "3  Readers        50  █  80%      0%  █ 100%"
      ])
    })
  )
})

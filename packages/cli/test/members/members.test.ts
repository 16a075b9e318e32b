import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { audienceId, consumer, consumerId, page } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

describe("audiences members", () => {
  it.live("lists the members of an audience", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer({
        "GET /audiences/:id/members": [{ body: page([consumer], "next") }, { body: page([consumer]) }]
      })
      const { lines } = yield* typed(["members", audienceId, "--all"], { env: { AUDIENCES_URL: url } })
      assert.deepStrictEqual(
        lines.map((line) => JSON.parse(line)),
        [consumer, consumer]
      )
      assert.deepStrictEqual(
        asked.map(({ query }) => query),
        ["?first=100", "?first=100&after=next"]
      )
    })
  )

  it.live("adds and removes", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer({
        "POST /audiences/:id/members": { body: { audienceId, addedCount: 1 } },
        "DELETE /audiences/:id/members": { body: { audienceId, removedCount: 2 } }
      })
      const env = { AUDIENCES_URL: url }
      const other = consumerId.replace("22", "23")
      const added = yield* typed(["members", "add", audienceId, consumerId, other], { env })
      assert.deepStrictEqual(JSON.parse(added.stdout), { audienceId, addedCount: 1 })
      assert.strictEqual(added.stderr, "1 added, 1 there already.\n")
      assert.strictEqual(
        (yield* typed(["members", "remove", audienceId, consumerId, other, "--yes"], { env, terminal: true })).stdout,
        "2\n"
      )
      assert.deepStrictEqual(
        asked.map(({ body, method }) => [method, JSON.parse(body)]),
        [
          ["POST", { consumerIds: [consumerId, other] }],
          ["DELETE", { consumerIds: [consumerId, other] }]
        ]
      )
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { audienceId, consumer } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

describe("audiences preview", () => {
  it.live("shows how many there would be, and who would enter and leave", () =>
    Effect.gen(function* () {
      const body = {
        asOf: "2026-02-01T10:00:00.123Z",
        members: { count: 40, data: [] },
        entering: { count: 3, data: [consumer] },
        leaving: { count: 0, data: [] }
      }
      const { asked, url } = yield* fakeServer({ "POST /audiences/preview": { body } })
      const env = { AUDIENCES_URL: url, NO_COLOR: "1" }
      const args = ["preview", "--where", "ltv > 5", "--audience", audienceId, "--sample", "1"]
      assert.deepStrictEqual(JSON.parse((yield* typed(args, { env })).stdout), body)
      assert.deepStrictEqual(JSON.parse(asked[0]!.body), {
        rules: [{ field: "ltv", operator: "GREATER_THAN", values: [5] }],
        audienceId,
        sampleSize: 1
      })
      const { lines } = yield* typed(args, { env, terminal: true })
      assert.deepStrictEqual(lines.slice(0, 6), [
        "asOf      2026-02-01 10:00:00Z",
        "members   40",
        "entering  3",
        "leaving   0",
        "",
        "entering, 1 of 3"
      ])
      assert.match(lines[7]!, /Ada Lovelace/)
      assert.lengthOf(lines, 8)
      assert.deepInclude(yield* typed(["preview"], { env }), {
        exitCode: 2,
        stderr: "Say which rules to try: --where or --rules.\n"
      })
    })
  )
})

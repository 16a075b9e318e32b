import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { audienceId, consumerId } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const result = { consumerId, status: "IN", version: 3, asOf: "2026-02-01T10:00:00.123Z", stale: false, archived: false }
const answer = (...results: ReadonlyArray<object>) => ({ body: { audienceId, results } })

describe("audiences check", () => {
  it.live("exits 0 when all are IN, each named by what it looks like", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer({
        "POST /audiences/:id/members/check": answer(result, result, result, result)
      })
      const env = { AUDIENCES_URL: url }
      const people = [consumerId, "ada@example.com", "+4915112345678", "C-17"]
      const { exitCode, lines, stderr } = yield* typed(["check", audienceId, ...people, "--max-stale", "5"], { env })
      assert.strictEqual(stderr, "")
      assert.strictEqual(exitCode, 0)
      assert.deepStrictEqual(
        lines.map((line) => JSON.parse(line)),
        people.map((consumer) => ({ consumer, ...result }))
      )
      assert.strictEqual(asked[0]!.query, "?maxStaleSeconds=5")
      assert.deepStrictEqual(JSON.parse(asked[0]!.body), {
        consumers: [{ consumerId }, { email: "ada@example.com" }, { phone: "+4915112345678" }, { externalId: "C-17" }]
      })
    })
  )

  it.live("exits 1 when somebody is OUT or UNKNOWN, and says how many", () =>
    Effect.gen(function* () {
      for (const status of ["OUT", "UNKNOWN"]) {
        const { url } = yield* fakeServer({
          "POST /audiences/:id/members/check": answer(result, { ...result, consumerId: null, status })
        })
        const { exitCode, lines, stderr } = yield* typed(["check", audienceId, "1", "2", "--by", "external-id"], {
          env: { AUDIENCES_URL: url, NO_COLOR: "1" },
          terminal: true
        })
        assert.strictEqual(exitCode, 1)
        assert.match(lines[2]!, new RegExp(`^2 +${status} +3 +2026-02-01 10:00:00Z$`))
        assert.strictEqual(stderr, "1 of 2 not IN.\n")
      }
    })
  )

  it.live("asks for the lines of standard input, a thousand at a time", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer({
        "POST /audiences/:id/members/check": ({ body }) => answer(...JSON.parse(body).consumers.map(() => result))
      })
      const stdin = Array.from({ length: 1001 }, (_, i) => `C-${i}\r\n`).join("")
      const { exitCode, lines } = yield* typed(["check", audienceId, "-"], { env: { AUDIENCES_URL: url }, stdin })
      assert.strictEqual(exitCode, 0)
      assert.lengthOf(lines, 1001)
      assert.lengthOf(asked, 2)
      assert.deepStrictEqual(JSON.parse(asked[1]!.body), { consumers: [{ externalId: "C-1000" }] })
    })
  )
})

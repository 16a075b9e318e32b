import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { consumerId } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const said = { type: "MESSAGE", status: "SENT", channelType: "EMAIL", template: "welcome" }
const activity = {
  ...said,
  id: "01984a3e-7c10-7a80-9d10-3c5f6d0c2f98",
  consumerId,
  timestamp: "2026-02-01T10:00:00.123Z"
}

it.live("audiences activities lists the latest, and records one from an argument or standard input", () =>
  Effect.gen(function* () {
    const { asked, url } = yield* fakeServer({
      "GET /consumers/:id/timeline": { body: { consumerId, activities: [activity], totalCount: 1, nextCursor: null } },
      "POST /consumers/:id/activities": { body: activity }
    })
    const env = { AUDIENCES_URL: url, NO_COLOR: "1" }
    const { lines } = yield* typed(["activities", "list", consumerId], { env, terminal: true })
    assert.match(lines[1]!, /^2026-02-01 10:00:00Z +MESSAGE +SENT/)
    yield* typed(["activities", "add", consumerId, JSON.stringify(said)], { env })
    yield* typed(["activities", "add", consumerId, "-"], { env, stdin: JSON.stringify(said) })
    assert.deepStrictEqual(
      asked.slice(1).map(({ body }) => JSON.parse(body)),
      [said, said]
    )
    const broken = yield* typed(["activities", "add", consumerId, "{"], { env })
    assert.strictEqual(broken.exitCode, 2)
    assert.match(broken.stderr, /^The activity is not JSON/)
  })
)

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { audienceId, page } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

describe("audiences audit", () => {
  it.live("lists who changed what, filtered", () =>
    Effect.gen(function* () {
      const entry = {
        id: audienceId,
        at: "2026-02-01T10:00:00.123Z",
        actor: "key:1",
        action: "audiences.update",
        subjectType: "audience",
        subjectId: audienceId,
        changes: { name: { from: "A", to: "B" } },
        requestId: null
      }
      const { asked, url } = yield* fakeServer({ "GET /audit-log": { body: page([entry]) } })
      const env = { AUDIENCES_URL: url, NO_COLOR: "1" }
      const filter = ["--action", "audiences.update", "--subject-id", audienceId, "--since", "2026-01-01"]
      const { lines } = yield* typed(["audit", ...filter], { env, terminal: true, columns: 200 })
      assert.match(
        lines[1]!,
        /^2026-02-01 10:00:00Z +audiences\.update +audience .* +key:1 +\{"name":\{"from":"A","to":"B"\}\}$/
      )
      assert.deepStrictEqual(Object.fromEntries(new URLSearchParams(asked[0]!.query)), {
        first: "50",
        action: "audiences.update",
        subjectId: audienceId,
        since: "2026-01-01T00:00:00.000Z"
      })
      assert.strictEqual((yield* typed(["audit", "--since", "yesterday"], { env })).exitCode, 2)
    })
  )
})

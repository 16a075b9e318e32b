import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { audience, audienceFull, audienceId, consumer, importId as groupId, page } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

describe("audiences groups", () => {
  it.live("shows, lists the members and archives", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer({
        "GET /audiences/groups/:id": { body: [audienceFull] },
        "GET /audiences/groups/:id/members": { body: page([consumer]) },
        "DELETE /audiences/groups/:id": { body: [{ ...audience, archived: true }] }
      })
      const env = { AUDIENCES_URL: url, NO_COLOR: "1" }
      assert.match((yield* typed(["groups", "show", groupId], { env, terminal: true })).lines[1]!, /VIPs +DYNAMIC +1/)
      const members = yield* typed(["groups", "members", groupId, "--audience", audienceId], { env })
      assert.deepStrictEqual(JSON.parse(members.stdout), consumer)
      const archived = yield* typed(["groups", "archive", groupId, "--yes"], { env })
      assert.isTrue(JSON.parse(archived.stdout).archived)
      assert.deepStrictEqual(
        asked.map(({ method, query }) => [method, query]),
        [
          ["GET", ""],
          ["GET", `?first=50&audienceId=${audienceId}`],
          ["DELETE", ""]
        ]
      )
    })
  )

  it.live("exits 3 when there is no such group", () =>
    Effect.gen(function* () {
      const { url } = yield* fakeServer({
        "GET /audiences/groups/:id": { status: 404, body: { error: "Audience group not found" } }
      })
      assert.deepInclude(yield* typed(["groups", "show", groupId], { env: { AUDIENCES_URL: url } }), {
        exitCode: 3,
        stderr: "Audience group not found.\n"
      })
    })
  )
})

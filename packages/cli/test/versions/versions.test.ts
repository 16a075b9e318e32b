import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { audienceId, consumer, page } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const version = (version: number) => ({
  version,
  cause: "write",
  enteredCount: 2,
  leftCount: 1,
  memberCount: 10 + version,
  publishedAt: "2026-02-01T10:00:00.123Z"
})

describe("audiences history", () => {
  it.live("reads on before the oldest version that it has seen", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer({
        "GET /audiences/:id/history": [
          { body: { audienceId, data: [version(3), version(2)], nextBefore: 2 } },
          { body: { audienceId, data: [version(1)], nextBefore: null } }
        ]
      })
      const { lines } = yield* typed(["history", audienceId, "--all"], { env: { AUDIENCES_URL: url } })
      assert.deepStrictEqual(
        lines.map((line) => JSON.parse(line)),
        [version(3), version(2), version(1)]
      )
      assert.deepStrictEqual(
        asked.map(({ query }) => query),
        ["?first=100", "?first=100&before=2"]
      )
    })
  )
})

describe("audiences members", () => {
  it.live("lists those of a version", () =>
    Effect.gen(function* () {
      const { url } = yield* fakeServer({ "GET /audiences/:id/versions/:version/members": { body: page([consumer]) } })
      const { lines } = yield* typed(["members", audienceId, "--at", "4"], { env: { AUDIENCES_URL: url } })
      assert.deepStrictEqual(
        lines.map((line) => JSON.parse(line)),
        [consumer]
      )
      const { exitCode } = yield* typed(["members", audienceId, "--at", "0"], { env: { AUDIENCES_URL: url } })
      assert.strictEqual(exitCode, 2)
    })
  )
})

describe("audiences snapshots", () => {
  it.live("keeps one under a name, lists them, and exits 5 when the name is taken", () =>
    Effect.gen(function* () {
      const snapshot = {
        id: audienceId,
        audienceId,
        name: "Spring",
        version: 3,
        memberCount: 12,
        createdAt: "2026-02-01T10:00:00.123Z",
        createdBy: "key:1"
      }
      const { asked, url } = yield* fakeServer({
        "GET /audiences/:id/snapshots": { body: [snapshot] },
        "POST /audiences/:id/snapshots": [
          { body: snapshot },
          { status: 409, body: { error: "Another snapshot of the audience has this name" } }
        ]
      })
      const env = { AUDIENCES_URL: url, NO_COLOR: "1" }
      const made = yield* typed(["snapshots", "create", audienceId, "Spring"], { env })
      assert.deepStrictEqual(JSON.parse(made.stdout), snapshot)
      assert.deepStrictEqual(JSON.parse(asked[0]!.body), { name: "Spring" })
      const { lines } = yield* typed(["snapshots", "list", audienceId], { env, terminal: true })
      assert.match(lines[1]!, /^Spring +3 +12 +2026-02-01 10:00:00Z +key:1$/)
      assert.deepInclude(yield* typed(["snapshots", "create", audienceId, "Spring"], { env }), {
        exitCode: 5,
        stderr: "Another snapshot of the audience has this name.\n"
      })
    })
  )
})

describe("audiences versions", () => {
  it.live("shows one, and how much a membership moves", () =>
    Effect.gen(function* () {
      const day = { day: "2026-02-01", entered: 3, left: 1, memberCount: 40, volatility: 0.1 }
      const { asked, url } = yield* fakeServer({
        "GET /audiences/:id/versions/:version": {
          body: {
            version: 7,
            cause: "rules",
            enteredCount: 3,
            leftCount: 1,
            memberCount: 40,
            publishedAt: "2026-02-01T10:00:00.123Z"
          }
        },
        "GET /audiences/:id/volatility": { body: { audienceId, days: 7, perDay: 0.1, data: [day] } }
      })
      const env = { AUDIENCES_URL: url, NO_COLOR: "1" }
      const shown = yield* typed(["versions", "show", audienceId, "7", "--json=cause,memberCount"], { env })
      assert.deepStrictEqual(shown.lines, ['{"cause":"rules","memberCount":40}'])
      const moves = yield* typed(["versions", "volatility", audienceId, "--days", "7"], { env, terminal: true })
      assert.match(moves.stdout, /^2026-02-01 +3 +1 +40 +10\.0%$/m)
      assert.strictEqual(asked[1]!.query, "?days=7")
    })
  )
})

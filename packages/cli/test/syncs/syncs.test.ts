import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { audienceId, organizationId, page } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const sourceId = "01984a3e-7c10-7a80-9d10-3c5f6d0c2f77"
const source = {
  id: sourceId,
  organizationId,
  syncSource: "klaviyo:list",
  syncSourceId: "Y6nRLr",
  syncStatus: "PENDING",
  lastSyncedAt: null,
  sourceData: { listName: "Newsletter", memberCount: 4000 },
  archived: false,
  createdAt: "2026-01-31T09:30:00.000Z",
  createdBy: "key:1",
  audienceId,
  progress: null
}
const progress = {
  phase: "reading",
  startedAt: "2026-02-01T10:00:00.000Z",
  profilesRead: 1000,
  profilesApplied: 0,
  retryAt: null
}
const succeeded = { ...source, syncStatus: "SUCCESS", lastSyncedAt: "2026-02-01T10:00:00.000Z" }
const started = { body: { success: true, syncSourceId: sourceId, status: "PENDING" } }

describe("audiences sync", () => {
  it.live("asks for a sync, and waits for it with --watch", () =>
    Effect.gen(function* () {
      const { url } = yield* fakeServer({
        "POST /audiences/:id/sync": started,
        "GET /sync-sources/:id": [
          { body: { ...source, progress } },
          {
            body: { ...source, progress: { ...progress, phase: "applying", profilesRead: 4000, profilesApplied: 3000 } }
          },
          { body: succeeded }
        ]
      })
      const env = { AUDIENCES_URL: url }
      assert.deepStrictEqual(JSON.parse((yield* typed(["sync", audienceId], { env })).stdout), started.body)
      const { exitCode, stderr, stdout } = yield* typed(["sync", audienceId, "--watch"], { env })
      assert.deepStrictEqual([exitCode, JSON.parse(stdout).syncStatus], [0, "SUCCESS"])
      assert.strictEqual(stderr, "Reading  25%  1,000 of 4,000 profiles\nApplying  75%  3,000 of 4,000 profiles\n")
    })
  )

  it.live("exits 1 when the sync fails, and says why, and when it goes on", () =>
    Effect.gen(function* () {
      const sourceData = { failureReason: "Klaviyo is away." }
      const failed = { ...source, syncStatus: "FAILED", sourceData }
      const { url } = yield* fakeServer({
        "POST /audiences/:id/sync": started,
        "GET /sync-sources/:id": [
          { body: failed },
          { body: { ...failed, progress: { ...progress, retryAt: "2026-02-01T10:05:00.000Z" } } }
        ]
      })
      const env = { AUDIENCES_URL: url }
      const over = yield* typed(["sync", audienceId, "--watch"], { env })
      assert.deepStrictEqual([over.exitCode, over.stderr], [1, "The sync failed: Klaviyo is away.\n"])
      const put = yield* typed(["sync", audienceId, "--watch"], { env })
      assert.deepStrictEqual(
        [put.exitCode, put.stderr],
        [1, "The sync failed: Klaviyo is away. It goes on at 2026-02-01T10:05:00.000Z.\n"]
      )
    })
  )

  it.live("says that a sync is under way already", () =>
    Effect.gen(function* () {
      const { url } = yield* fakeServer({
        "POST /audiences/:id/sync": { status: 409, body: { error: "Sync already in progress" } }
      })
      const { exitCode, stderr } = yield* typed(["sync", audienceId], { env: { AUDIENCES_URL: url } })
      assert.deepStrictEqual([exitCode, stderr], [5, "Sync already in progress.\n"])
    })
  )
})

describe("audiences sync-sources", () => {
  it.live("lists, shows, adds and removes", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer({
        "GET /sync-sources": { body: page([succeeded]) },
        "POST /sync-sources": { body: source },
        "GET /sync-sources/:id": { body: source },
        "DELETE /sync-sources/:id": { body: { ...source, archived: true, audienceId: null } }
      })
      const env = { AUDIENCES_URL: url, NO_COLOR: "1" }
      const { lines } = yield* typed(["sync-sources", "list"], { env, terminal: true, columns: 200 })
      assert.match(
        lines[1]!,
        new RegExp(`^${sourceId}  klaviyo:list +Y6nRLr +Newsletter +SUCCESS +2026-.* +${audienceId}$`)
      )
      yield* typed(["sync-sources", "list", "--archived"], { env })
      yield* typed(["sync-sources", "show", sourceId], { env })
      yield* typed(["sync-sources", "add", audienceId, "klaviyo:list", "Y6nRLr"], { env })
      yield* typed(["sync-sources", "remove", sourceId, "--yes"], { env })
      assert.deepStrictEqual(
        asked
          .slice(1)
          .map(({ body, method, path, query }) => [method, path + query, body === "" ? "" : JSON.parse(body)]),
        [
          ["GET", "/api/sync-sources?first=50&archived=true", ""],
          ["GET", `/api/sync-sources/${sourceId}`, ""],
          ["POST", "/api/sync-sources", { audienceId, syncSource: "klaviyo:list", syncSourceId: "Y6nRLr" }],
          ["DELETE", `/api/sync-sources/${sourceId}`, ""]
        ]
      )
      assert.match(
        (yield* typed(["sync-sources", "show", "x"], { env })).stderr,
        /`audiences sync-sources list` shows them/
      )
    })
  )
})

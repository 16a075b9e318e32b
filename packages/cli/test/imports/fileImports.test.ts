import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { imported, importId, page } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const { audienceId: _, ...ofFile } = imported
const completed = { ...ofFile, status: "COMPLETED", progress: 100, totalConsumers: 3, processedConsumers: 3 }
const report = "import_error,orderId\r\nLine 2: no,a\r\n"
const csvAnswer = { body: report, headers: { "content-type": "text/csv" } }

describe.each(["consumers", "orders"] as const)("audiences %s imports", (nouns) => {
  it.live("lists, shows and stops them, and gives the refused rows back", () =>
    Effect.gen(function* () {
      const errors = [{ row: 2, issues: [{ message: "No" }] }]
      const { asked, url } = yield* fakeServer({
        [`GET /${nouns}/imports`]: { body: page([completed]) },
        [`GET /${nouns}/imports/:import/errors.csv`]: csvAnswer,
        [`GET /${nouns}/imports/:import`]: { body: { ...completed, errorCount: 3, errors } },
        [`POST /${nouns}/imports/:import/cancel`]: {
          body: { ...ofFile, status: "FAILED", failureReason: "Cancelled" }
        }
      })
      const env = { AUDIENCES_URL: url, NO_COLOR: "1" }
      const ask = (...args: ReadonlyArray<string>) => typed([nouns, "imports", ...args], { env })
      const listed = yield* typed([nouns, "imports", "list", "--status", "COMPLETED"], { env, terminal: true })
      assert.match(listed.lines[1]!, new RegExp(`^${importId}  COMPLETED +3 +3`))
      assert.include(asked[0]!.query, "status=COMPLETED")
      const shown = yield* ask("show", importId)
      assert.strictEqual(JSON.parse(shown.stdout).id, importId)
      assert.include(shown.stderr, `  and 2 more; \`audiences ${nouns} imports errors ${importId}\` downloads all.\n`)
      assert.strictEqual((yield* ask("errors", importId)).stdout, report)
      assert.strictEqual(JSON.parse((yield* ask("cancel", importId)).stdout).failureReason, "Cancelled")
    })
  )

  it.live("undoes one, waiting for its end, and asks before it does", () =>
    Effect.gen(function* () {
      const state = (undoneAt: string | null, undoSkipped = 0) => ({
        body: { ...completed, undoStartedAt: "2026-01-31T09:30:00.000Z", undoneAt, undoSkipped }
      })
      const { asked, url } = yield* fakeServer({
        [`POST /${nouns}/imports/:import/undo`]: state(null),
        [`GET /${nouns}/imports/:import`]: [state(null), state("2026-01-31T09:31:00.000Z", 2)]
      })
      const env = { AUDIENCES_URL: url }
      assert.strictEqual((yield* typed([nouns, "imports", "undo", importId], { env })).exitCode, 2)
      assert.lengthOf(asked, 0)
      const { exitCode, stderr } = yield* typed([nouns, "imports", "undo", importId, "--yes"], { env })
      assert.strictEqual(exitCode, 0)
      assert.include(stderr, `2 ${nouns} were written meanwhile, and are left as they are.\n`)
    })
  )

  it.live("import keeps the refused rows in a file, and tells which commands see and stop it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      let uploadUrl = ""
      const errors = [{ row: 2, issues: [{ message: "No" }] }]
      const server = yield* fakeServer({
        [`POST /${nouns}/import`]: () => ({ body: { ...ofFile, uploadUrl } }),
        "PUT /uploads/x": { body: "" },
        [`GET /${nouns}/imports/:import/errors.csv`]: csvAnswer,
        [`GET /${nouns}/imports/:import`]: { body: { ...completed, errorCount: 1, rejectedRows: 1, errors } }
      })
      uploadUrl = `${server.origin}/uploads/x?signature=s`
      const file = `${directory}/refused.csv`
      const { exitCode, stderr } = yield* typed([nouns, "import", "-", "--errors", file], {
        env: { AUDIENCES_URL: server.url },
        stdin: "orderId\na\n"
      })
      assert.strictEqual(exitCode, 0, stderr)
      assert.strictEqual(yield* fs.readFileString(file), report)
      assert.include(stderr, `The refused rows are in ${file}`)
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})

describe("audiences orders imports undo", () => {
  it.live("names the orders because of which one is not undone", () =>
    Effect.gen(function* () {
      const { url } = yield* fakeServer({
        "POST /orders/imports/:import/undo": {
          status: 409,
          body: {
            error: "Import cannot be undone: what was written since would be lost",
            conflicts: [
              { orderId: "A-1", reason: "CHANGED" },
              { orderId: "A-2\u001b[31m", reason: "TOO_MUCH" }
            ],
            conflictCount: 5
          }
        }
      })
      const { exitCode, stderr } = yield* typed(["orders", "imports", "undo", importId, "--yes"], {
        env: { AUDIENCES_URL: url }
      })
      assert.strictEqual(exitCode, 5)
      assert.deepStrictEqual(stderr.split("\n"), [
        "Import cannot be undone: what was written since would be lost.",
        "  A-1: was written since",
        "  A-2\\u001b[31m: with it, its consumer would have bought more than can be kept",
        "  and 3 more",
        ""
      ])
    })
  )
})

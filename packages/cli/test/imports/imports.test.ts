import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { audienceId, consumerId, imported, importId, page } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const report = 'import_error;email\r\n"Line 2: email: Expected an email address";nobody\r\n'
const csvAnswer = { body: report, headers: { "content-type": "text/csv" } }
const unfinished = { status: 409, body: { error: "Import has not ended yet" } }
const completed = { ...imported, status: "COMPLETED", progress: 100, totalConsumers: 3, processedConsumers: 3 }

describe("audiences imports", () => {
  it.live("lists them, newest first, those of a status", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer({
        "GET /audiences/:id/imports": { body: page([completed, { ...imported, dryRun: true }]) }
      })
      const { exitCode, lines } = yield* typed(["imports", "list", audienceId, "--status", "COMPLETED"], {
        env: { AUDIENCES_URL: url, NO_COLOR: "1" },
        terminal: true
      })
      assert.strictEqual(exitCode, 0)
      assert.match(lines[0]!, /^\S*ID +STATUS +ROWS +OF +REFUSED +CREATED/)
      assert.match(lines[1]!, new RegExp(`^${importId}  COMPLETED +3 +3 +0 +2026-01-31 09:30:00Z`))
      assert.match(lines[2]!, /dry run/)
      assert.include(asked[0]!.query, "status=COMPLETED")
    })
  )

  it.live("shows one, with the first rows that were refused on standard error", () =>
    Effect.gen(function* () {
      const errors = [{ row: 2, issues: [{ message: "Expected an email address" }] }]
      const { url } = yield* fakeServer({
        "GET /audiences/:id/imports/:import": { body: { ...completed, errorCount: 3, errors } }
      })
      const { stderr, stdout } = yield* typed(["imports", "show", audienceId, importId], {
        env: { AUDIENCES_URL: url }
      })
      assert.strictEqual(JSON.parse(stdout).id, importId)
      assert.deepStrictEqual(stderr.split("\n"), [
        "3 rows were refused:",
        "  line 2: Expected an email address",
        `  and 2 more; \`audiences imports errors ${audienceId} ${importId}\` downloads all.`,
        ""
      ])
    })
  )

  it.live("downloads the refused rows of one, waiting for the report of one that has just failed", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer({
        "GET /audiences/:id/imports/:import/errors.csv": [unfinished, csvAnswer],
        "GET /audiences/:id/imports/:import": { body: { ...completed, status: "FAILED" } }
      })
      const { exitCode, stdout } = yield* typed(["imports", "errors", audienceId, importId], {
        env: { AUDIENCES_URL: url }
      })
      assert.deepStrictEqual([exitCode, stdout], [0, report])
      assert.lengthOf(
        asked.filter(({ path }) => path.endsWith("/errors.csv")),
        2
      )
    })
  )

  it.live("does not wait for the report of one that goes on, and touches no file", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      yield* fs.writeFileString(`${directory}/x.csv`, "as it was")
      const { url } = yield* fakeServer({
        "GET /audiences/:id/imports/:import/errors.csv": unfinished,
        "GET /audiences/:id/imports/:import": { body: { ...imported, status: "PROCESSING" } }
      })
      const { exitCode, stderr } = yield* typed(
        ["imports", "errors", audienceId, importId, "-o", `${directory}/x.csv`],
        {
          env: { AUDIENCES_URL: url }
        }
      )
      assert.deepStrictEqual([exitCode, stderr], [5, "Import has not ended yet.\n"])
      assert.strictEqual(yield* fs.readFileString(`${directory}/x.csv`), "as it was")
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.live("cancels one, and exits 5 where there is nothing left to cancel", () =>
    Effect.gen(function* () {
      const { url } = yield* fakeServer({
        "POST /audiences/:id/imports/:import/cancel": [
          { body: { ...imported, status: "FAILED", failureReason: "Cancelled" } },
          { status: 409, body: { error: "Import has already ended" } }
        ]
      })
      const cancel = typed(["imports", "cancel", audienceId, importId], { env: { AUDIENCES_URL: url } })
      assert.strictEqual(JSON.parse((yield* cancel).stdout).failureReason, "Cancelled")
      assert.deepInclude(yield* cancel, { exitCode: 5, stderr: "Import has already ended.\n" })
    })
  )

  it.live("undoes one, waiting for its end, and asks before it does", () =>
    Effect.gen(function* () {
      const state = (undoneAt: string | null, skipped = 0) => ({
        body: { ...completed, undoStartedAt: "2026-01-31T09:30:00.000Z", undoneAt, undoSkipped: skipped }
      })
      const { asked, url } = yield* fakeServer({
        "POST /audiences/:id/imports/:import/undo": state(null),
        "GET /audiences/:id/imports/:import": [state(null), state("2026-01-31T09:31:00.000Z", 2)]
      })
      const env = { AUDIENCES_URL: url }
      const args = ["imports", "undo", audienceId, importId]
      assert.strictEqual((yield* typed(args, { env })).exitCode, 2)
      assert.lengthOf(asked, 0)
      const { exitCode, stderr, stdout } = yield* typed([...args, "--yes"], { env })
      assert.deepStrictEqual([exitCode, JSON.parse(stdout).undoneAt], [0, "2026-01-31T09:31:00.000Z"])
      assert.strictEqual(stderr, "Undoing\n2 consumers were written meanwhile, and are left as they are.\n")
    })
  )

  it.live("names the consumers because of whom one is not undone", () =>
    Effect.gen(function* () {
      const conflicts = [
        { consumerId, reason: "CHANGED" },
        { consumerId, reason: "LISTED" },
        { consumerId, reason: "TAKEN" }
      ]
      const { url } = yield* fakeServer({
        "POST /audiences/:id/imports/:import/undo": {
          status: 409,
          body: { error: "Import cannot be undone", conflicts, conflictCount: 12 }
        }
      })
      const { exitCode, stderr } = yield* typed(["imports", "undo", audienceId, importId, "--yes"], {
        env: { AUDIENCES_URL: url }
      })
      assert.strictEqual(exitCode, 5)
      assert.deepStrictEqual(stderr.split("\n"), [
        "Import cannot be undone.",
        `  ${consumerId}: was written since`,
        `  ${consumerId}: is in another list, or in this one by others`,
        `  ${consumerId}: somebody else has an email, phone or external id it had before`,
        "  and 9 more",
        ""
      ])
    })
  )
})

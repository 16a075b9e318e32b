import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { audienceId, imported } from "../examples.ts"
import { type Answers, type Asked, fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const report = "import_error,email\r\nLine 12: no,nobody\r\n"
const csv = "email\nada@example.com\n"

/** A server whose upload URL is its own, and whose latest import goes through the given states. */
const importServer = (states: ReadonlyArray<object>, upload: Answers[string] = { body: "" }) =>
  Effect.gen(function* () {
    let uploadUrl = ""
    const server = yield* fakeServer({
      "POST /audiences/:id/import": () => ({ body: { ...imported, uploadUrl } }),
      "PUT /uploads/x": upload,
      "GET /audiences/:id/imports/:import/errors.csv": { body: report, headers: { "content-type": "text/csv" } },
      "GET /audiences/:id/imports/:import": { body: { ...imported, ...completed } },
      "GET /audiences/:id/import": states.map((state) => ({ body: { ...imported, ...state } }))
    })
    uploadUrl = `${server.origin}/uploads/x?signature=s`
    return server
  })

const processing = (progress: number) => ({
  status: "PROCESSING",
  progress,
  totalConsumers: 1000,
  processedConsumers: progress * 10
})
const refusedRows = [
  {
    row: 12,
    issues: [
      { message: "Expected an email address", path: [{ type: "object", origin: "value", input: null, key: "email" }] }
    ]
  },
  { row: 14, issues: ["No identifier \u001b[31m"] }
]
const completed = { ...processing(100), status: "COMPLETED", errorCount: 12, errors: refusedRows }

const bin = fileURLToPath(new URL("../../src/bin.ts", import.meta.url))

interface Run {
  readonly environment?: NodeJS.ProcessEnv
  /** What it waits for before Ctrl-C is pressed. */
  readonly said?: string
  /** Standard input does not end. */
  readonly endless?: boolean
}

/** Runs the program as a process to its end. */
const ended = (
  args: ReadonlyArray<string>,
  url: string,
  { endless = false, environment = process.env, said }: Run = {}
) =>
  Effect.callback<{ readonly code: number | null; readonly stderr: string }>((resume) => {
    const child = spawn(process.execPath, ["--conditions=@audiences/source", bin, ...args], {
      env: { ...environment, AUDIENCES_URL: url, AUDIENCES_SECRET_KEY: "sk_test_secret" }
    })
    let stderr = "",
      pressed = false
    if (endless) child.stdin.write(csv)
    else child.stdin.end(csv)
    child.stderr.on("data", (chunk) => {
      stderr += chunk
      // A second time would kill it, as it should.
      if (said !== undefined && !pressed && stderr.includes(said)) pressed = child.kill("SIGINT")
    })
    child.on("close", (code) => resume(Effect.succeed({ code, stderr })))
  })

describe("audiences import", () => {
  it.live("uploads the file without the key and prints the import", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      yield* fs.writeFileString(`${directory}/x.csv`, csv)
      const { asked, url } = yield* importServer([])
      const { exitCode, stdout } = yield* typed(["import", audienceId, `${directory}/x.csv`], {
        env: { AUDIENCES_URL: url }
      })
      assert.strictEqual(exitCode, 0)
      assert.deepStrictEqual(JSON.parse(stdout), imported)
      const put = asked.find(({ method }) => method === "PUT")!
      assert.strictEqual(put.body, csv)
      assert.strictEqual(put.headers["content-type"], "text/csv")
      assert.isUndefined(put.headers.authorization)
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.live("shows progress in plain lines off a terminal, and sums up what was refused", () =>
    Effect.gen(function* () {
      const { url } = yield* importServer([{}, processing(10), processing(12), processing(60), completed])
      const { exitCode, stderr, stdout } = yield* typed(["import", audienceId, "-", "--watch"], {
        env: { AUDIENCES_URL: url },
        stdin: csv
      })
      assert.strictEqual(exitCode, 0)
      assert.strictEqual(JSON.parse(stdout).status, "COMPLETED")
      const lines = stderr.split("\n")
      assert.match(lines[0]!, /^Reading {2}1 kB$/)
      assert.match(lines[1]!, /^Uploading {2}100% {2}1 kB$/)
      assert.match(lines[2]!, /^Waiting {2}0 rows$/)
      assert.match(lines[3]!, /^Importing {2}10% {2}100 of 1,000 rows$/)
      assert.match(lines[4]!, /^Importing {2}60% {2}600 of 1,000 rows {2}[\d,]+ rows\/s {2}\d+ s left$/)
      assert.deepStrictEqual(lines.slice(5, 9), [
        "12 rows were refused:",
        "  line 12: email: Expected an email address",
        "  line 14: No identifier \\u001b[31m",
        `  and 10 more; \`audiences imports errors ${audienceId} ${imported.id}\` downloads all.`
      ])
      assert.match(lines[9]!, /^1,000 rows in \d+\.\d s\.$/)
    })
  )

  it.live("draws one changing line on a terminal", () =>
    Effect.gen(function* () {
      const { url } = yield* importServer([processing(50), completed])
      const { stderr } = yield* typed(["import", audienceId, "-", "--watch"], {
        env: { AUDIENCES_URL: url },
        stdin: csv,
        terminal: true
      })
      assert.include(stderr, "\r\u001b[KImporting  ████████████░░░░░░░░░░░░  50%  500 of 1,000 rows")
      assert.include(stderr, "\r\u001b[K12 rows were refused:")
    })
  )

  it.live("exits 1 when the import failed, and says why", () =>
    Effect.gen(function* () {
      const { url } = yield* importServer([{ status: "FAILED", failureReason: "The file has no header" }])
      const { exitCode, stderr, stdout } = yield* typed(["import", audienceId, "-", "--watch"], {
        env: { AUDIENCES_URL: url },
        stdin: csv
      })
      assert.strictEqual(exitCode, 1)
      assert.strictEqual(JSON.parse(stdout).status, "FAILED")
      assert.match(stderr, /^The import failed: The file has no header\.$/m)
    })
  )

  it.live("keeps the refused rows in a file, if there are any, and tells what became of the others", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      const counts = { createdRows: 3, updatedRows: 985, unchangedRows: 0, duplicateRows: 0, rejectedRows: 12 }
      const { asked, url } = yield* importServer([completed].map((state) => ({ ...state, ...counts })))
      const file = `${directory}/refused.csv`
      const args = ["import", audienceId, "-", "--errors", file, "--spreadsheet"]
      const { exitCode, stderr } = yield* typed(args, { env: { AUDIENCES_URL: url }, stdin: csv })
      assert.strictEqual(exitCode, 0)
      assert.strictEqual(yield* fs.readFileString(file), report)
      assert.include(stderr, `The refused rows are in ${file}: mend them there and import the file.\n`)
      assert.match(stderr, /^1,000 rows in \d+\.\d s: 3 created, 985 updated, 0 unchanged, 0 duplicate, 12 refused\.$/m)
      assert.strictEqual(asked[0]!.query, "?spreadsheet=true")
      const clean = yield* importServer([{ ...processing(100), status: "COMPLETED" }])
      const none = `${directory}/none.csv`
      yield* typed(["import", audienceId, "-", "--errors", none], { env: { AUDIENCES_URL: clean.url }, stdin: csv })
      assert.isFalse(yield* fs.exists(none))
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.live("tries an import out in a mode, waits, and says that nothing was written", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* importServer([{ ...completed, dryRun: true, mode: "update" }])
      const args = ["import", audienceId, "-", "--mode", "update", "--dry-run"]
      const { exitCode, stderr } = yield* typed(args, { env: { AUDIENCES_URL: url }, stdin: csv })
      assert.strictEqual(exitCode, 0)
      assert.strictEqual(asked[0]!.query, "?mode=update&dryRun=true")
      assert.include(stderr, "It was a dry run: nothing has been written.\n")
    })
  )

  it.live("tells whoever stops watching that the import goes on, and how to see or stop it", () =>
    Effect.gen(function* () {
      const { url } = yield* importServer([processing(50)])
      const { code, stderr } = yield* ended(["import", audienceId, "-", "--watch"], url, { said: "Importing" })
      const ids = `${audienceId} ${imported.id}`
      assert.strictEqual(code, 130)
      assert.include(
        stderr,
        `The import goes on. \`audiences imports show ${ids}\` tells how it is, \`audiences imports cancel ${ids}\` stops it.\n`
      )
    })
  )

  it.live("tells the size of standard input, which object stores want to know, and leaves no copy of it behind", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      const store = (asked: Asked) => ({ status: "content-length" in asked.headers ? 200 : 411, body: "" })
      const { asked, url } = yield* importServer([], store)
      const environment = { ...process.env, TMPDIR: directory }
      const sent = yield* ended(["import", audienceId, "-"], url, { environment })
      assert.strictEqual(sent.code, 0, sent.stderr)
      const put = asked.find(({ method }) => method === "PUT")!
      assert.deepStrictEqual([put.body, put.headers["content-length"]], [csv, String(csv.length)])
      assert.deepStrictEqual(yield* fs.readDirectory(directory), [])
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.live("leaves no copy of standard input behind when it is stopped, and opens no import", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      const { asked, url } = yield* importServer([])
      const environment = { ...process.env, TMPDIR: directory }
      const { code } = yield* ended(["import", audienceId, "-"], url, { said: "Reading", environment, endless: true })
      assert.strictEqual(code, 130)
      assert.deepStrictEqual(asked, [])
      assert.deepStrictEqual(yield* fs.readDirectory(directory), [])
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.live("follows its import when another one begins", () =>
    Effect.gen(function* () {
      const { url } = yield* importServer([{ id: audienceId }])
      const { exitCode, stdout } = yield* typed(["import", audienceId, "-", "--watch"], {
        env: { AUDIENCES_URL: url },
        stdin: csv
      })
      assert.deepStrictEqual([exitCode, JSON.parse(stdout).id], [0, imported.id])
    })
  )

  it.live("exits 1 when the upload is refused", () =>
    Effect.gen(function* () {
      const refused = yield* importServer([], { status: 403, body: { error: "Upload URL has expired" } })
      assert.deepInclude(
        yield* typed(["import", audienceId, "-"], { env: { AUDIENCES_URL: refused.url }, stdin: csv }),
        {
          exitCode: 1,
          stderr: "Reading  1 kB\nUploading  100%  1 kB\nUpload URL has expired.\n"
        }
      )
    })
  )

  it.live("opens no import for a file that is not there", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* importServer([])
      assert.deepInclude(yield* typed(["import", audienceId, "/no/such.csv"], { env: { AUDIENCES_URL: url } }), {
        exitCode: 2,
        stderr: "/no/such.csv cannot be read: there is no such file.\n"
      })
      assert.lengthOf(asked, 0)
    })
  )

  it.live("opens no import whose refused rows could not be written", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* importServer([])
      const env = { AUDIENCES_URL: url }
      const typedInto = (file: string) => typed(["import", audienceId, "-", "--errors", file], { env, stdin: csv })
      assert.deepInclude(yield* typedInto("/no/such/refused.csv"), {
        exitCode: 2,
        stderr: "/no/such/refused.csv cannot be written: there is no such directory.\n"
      })
      assert.deepInclude(yield* typedInto("/tmp"), { exitCode: 2, stderr: "/tmp is a directory.\n" })
      assert.lengthOf(asked, 0)
    })
  )

  it.live("finds a file from the directory in which npm was called", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      yield* fs.writeFileString(`${directory}/x.csv`, csv)
      const { url } = yield* importServer([])
      const env = { AUDIENCES_URL: url, INIT_CWD: directory }
      assert.strictEqual(
        (yield* typed(["import", audienceId, "x.csv"], { env: { ...env, npm_lifecycle_event: "audiences" } })).exitCode,
        0
      )
      assert.strictEqual(
        (yield* typed(["import", audienceId, "x.csv"], { env: { ...env, npm_lifecycle_event: "test" } })).exitCode,
        2
      )
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})

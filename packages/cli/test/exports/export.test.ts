import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { audienceId } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const members = "id,email\r\n1,ada@example.com\r\n"
const answer = { body: members, headers: { "content-type": "text/csv; charset=utf-8" } }

/** A server whose export breaks off half way. */
const breaking = Effect.acquireRelease(
  Effect.callback<{ readonly url: string; readonly close: () => void }>((resume) => {
    const server = createServer((_, response) => {
      response.writeHead(200, { "content-type": "text/csv" })
      response.write(members, () => response.destroy())
    })
    server.listen(0, "127.0.0.1", () => {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`
      resume(Effect.succeed({ url, close: () => server.close() }))
    })
  }),
  ({ close }) => Effect.sync(close)
)

describe("audiences export", () => {
  it.live("writes to standard output, in the format asked for", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer({ "GET /audiences/:id/members/export": answer })
      const { exitCode, stdout } = yield* typed(["export", audienceId, "--format", "ndjson", "--spreadsheet"], {
        env: { AUDIENCES_URL: url }
      })
      assert.deepStrictEqual([exitCode, stdout], [0, members])
      assert.strictEqual(asked[0]!.query, "?format=ndjson&spreadsheet=true")
    })
  )

  it.live("replaces a file when the new one is whole, through a link, and leaves nothing beside it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      const file = `${directory}/x.csv`
      yield* fs.writeFileString(file, "as it was", { mode: 0o600 })
      yield* fs.symlink(file, `${directory}/link.csv`)
      const { url } = yield* fakeServer({ "GET /audiences/:id/members/export": answer })
      const { exitCode, stderr } = yield* typed(["export", audienceId, "-o", `${directory}/link.csv`], {
        env: { AUDIENCES_URL: url }
      })
      assert.deepStrictEqual([exitCode, stderr], [0, ""])
      assert.strictEqual(yield* fs.readFileString(file), members)
      assert.strictEqual((yield* fs.stat(file)).mode & 0o777, 0o600)
      assert.sameMembers(yield* fs.readDirectory(directory), ["x.csv", "link.csv"])
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.live("leaves a file as it was when the export breaks off", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      const file = `${directory}/x.csv`
      yield* fs.writeFileString(file, "as it was")
      const { url } = yield* breaking
      const { exitCode } = yield* typed(["export", audienceId, "-o", file], { env: { AUDIENCES_URL: url } })
      assert.strictEqual(exitCode, 1)
      assert.strictEqual(yield* fs.readFileString(file), "as it was")
      assert.deepStrictEqual(yield* fs.readDirectory(directory), ["x.csv"])
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.live("exits 2 where it cannot write, and 3 where there is no such audience", () =>
    Effect.gen(function* () {
      const { url } = yield* fakeServer({ "GET /audiences/:id/members/export": answer })
      const env = { AUDIENCES_URL: url }
      assert.deepInclude(yield* typed(["export", audienceId, "-o", "/no/such/x.csv"], { env }), {
        exitCode: 2,
        stderr: "/no/such/x.csv cannot be written: there is no such directory.\n"
      })
      assert.deepInclude(yield* typed(["export", audienceId, "-o", "/tmp"], { env }), {
        exitCode: 2,
        stderr: "/tmp is a directory.\n"
      })
      const none = yield* fakeServer({
        "GET /audiences/:id/members/export": { status: 404, body: { error: "Audience not found" } }
      })
      assert.deepInclude(yield* typed(["export", audienceId], { env: { AUDIENCES_URL: none.url } }), { exitCode: 3 })
    })
  )
})

import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { imported } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const { audienceId: _, ...begun } = imported
const done = {
  ...begun,
  status: "COMPLETED",
  progress: 100,
  totalConsumers: 2,
  processedConsumers: 2,
  createdRows: 1,
  duplicateRows: 1
}

const file = "invoice,a=b\n1,x\n"

/** Types a command with a file at its end, against a server whose imports of the place end well. */
const ran = (place: "consumers" | "orders", args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const directory = yield* fs.makeTempDirectoryScoped()
    yield* fs.writeFileString(`${directory}/x.csv`, file)
    let uploadUrl = ""
    const server = yield* fakeServer({
      [`POST /${place}/import`]: () => ({ body: { ...begun, uploadUrl } }),
      "PUT /uploads/x": { body: "" },
      [`GET /${place}/imports/:import`]: { body: done }
    })
    uploadUrl = `${server.origin}/uploads/x?signature=s`
    const said = yield* typed([place, "import", `${directory}/x.csv`, ...args], { env: { AUDIENCES_URL: server.url } })
    return { ...said, asked: server.asked }
  }).pipe(Effect.provide(NodeFileSystem.layer))

describe("import of a file without an audience", () => {
  it.live("sends orders with what their columns are, and tells the size of the file", () =>
    Effect.gen(function* () {
      const { asked, exitCode, stderr, stdout } = yield* ran("orders", [
        "--watch",
        "--mapping",
        "invoice=orderId",
        "--mapping",
        "a=b="
      ])
      assert.strictEqual(exitCode, 0, stderr)
      assert.deepStrictEqual(JSON.parse(stdout), done)
      assert.include(stderr, "2 rows in")
      assert.include(stderr, "1 created, 1 duplicate")
      const [open, put] = asked
      assert.deepStrictEqual(JSON.parse(new URLSearchParams(open!.query).get("mapping")!), {
        invoice: "orderId",
        "a=b": null
      })
      assert.deepStrictEqual([put!.method, put!.body], ["PUT", file])
      assert.strictEqual(put!.headers["content-length"], String(file.length))
    })
  )

  it.live("tries consumers out, in a mode, and waits for the answer", () =>
    Effect.gen(function* () {
      const { asked, exitCode } = yield* ran("consumers", ["--dry-run", "--mode", "create"])
      assert.strictEqual(exitCode, 0)
      const searchParams = new URLSearchParams(asked[0]!.query)
      assert.deepStrictEqual([...searchParams].toSorted(), [
        ["dryRun", "true"],
        ["mode", "create"]
      ])
      assert.include(asked.at(-1)!.path, "/consumers/imports/")
    })
  )

  it.live("refuses a mapping that is none", () =>
    Effect.gen(function* () {
      const { asked, exitCode, stderr } = yield* ran("orders", ["--mapping", "invoice"])
      assert.notStrictEqual(exitCode, 0)
      assert.include(stderr, "Expected column=field")
      assert.deepStrictEqual(asked, [])
    })
  )
})

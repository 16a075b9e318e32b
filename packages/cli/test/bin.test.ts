import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { version } from "@audiences/cli/version"
import { audienceFull, audienceId, page } from "./examples.ts"
import { fakeServer } from "./fakeServer.ts"

const bin = fileURLToPath(new URL("../src/bin.ts", import.meta.url))

/** Runs the program as a process; `readBytes` closes its output after so many. */
const spawned = (args: ReadonlyArray<string>, url: string, readBytes = Infinity) =>
  Effect.callback<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>((resume) => {
    const child = spawn(process.execPath, ["--conditions=@audiences/source", bin, ...args], {
      env: { ...process.env, AUDIENCES_URL: url, AUDIENCES_SECRET_KEY: "sk_test_secret", XDG_CONFIG_HOME: "/nowhere" }
    })
    let stdout = "",
      stderr = ""
    child.stdout.on("data", (chunk) => {
      stdout += chunk
      if (stdout.length >= readBytes) child.stdout.destroy()
    })
    child.stderr.on("data", (chunk) => (stderr += chunk))
    child.on("close", (code) => resume(Effect.succeed({ code, stdout, stderr })))
  })

describe("The program", () => {
  it.live("exits with the code of the outcome, data and faults apart", () =>
    Effect.gen(function* () {
      const { url } = yield* fakeServer({
        "GET /audiences/:id/count": { body: { audienceId, count: 3 } },
        "GET /audiences/:id": { status: 404, body: { error: "Audience not found" } }
      })
      assert.deepStrictEqual(yield* spawned(["count", audienceId], url), {
        code: 0,
        stdout: `{"audienceId":"${audienceId}","count":3}\n`,
        stderr: ""
      })
      assert.deepStrictEqual(yield* spawned(["show", audienceId], url), {
        code: 3,
        stdout: "",
        stderr: "Audience not found.\n"
      })
    })
  )

  it.live("leaves quietly when nobody reads on", () =>
    Effect.gen(function* () {
      const { url } = yield* fakeServer({
        "GET /audiences": {
          body: page(
            Array.from({ length: 100 }, () => audienceFull),
            "more"
          )
        }
      })
      const { code, stderr } = yield* spawned(["list", "--all"], url, 1000)
      assert.strictEqual(code, 0)
      assert.strictEqual(stderr, "")
    })
  )

  it("tells the version of its package", () => {
    assert.strictEqual(version, JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version)
  })
})

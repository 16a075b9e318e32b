import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { inject } from "vitest"
import type {} from "../../../tools/vitest/postgres.ts"
import { dataDirectory, freePort, start, untilReady } from "./Program.ts"

const folder = fileURLToPath(new URL("..", import.meta.url))

/** The program as it is shipped, beside the sources: it finds there what is not bundled. */
const bundle = Effect.acquireRelease(
  Effect.promise(async () => {
    await mkdir(join(folder, "dist"), { recursive: true })
    const outDir = await mkdtemp(join(folder, "dist/test-"))
    await promisify(execFile)(
      process.execPath,
      [join(folder, "../../node_modules/tsup/dist/cli-default.js"), "--out-dir", outDir],
      {
        cwd: folder
      }
    )
    return join(outDir, "bin.js")
  }),
  (program) => Effect.promise(() => rm(join(program, ".."), { recursive: true, force: true }))
)

describe("the bundled program", () => {
  it.live(
    "starts, answers, and ends when it is asked to",
    () =>
      Effect.gen(function* () {
        const program = yield* bundle
        const dataDir = yield* dataDirectory
        // It leaves the work of this test run's database alone.
        const environment = {
          AUDIENCES_DATABASE_URL: inject("postgresUrl"),
          AUDIENCES_ROLE: "api",
          AUDIENCES_UPLOADS: join(dataDir, "uploads")
        }
        const running = yield* start(dataDir, yield* freePort, environment, [program])
        yield* untilReady(running).pipe(Effect.tapError(() => Effect.logError(running.written.err)))
        const { status } = yield* Effect.promise(() => fetch(`${running.origin}/api/audiences`))
        assert.strictEqual(status, 401)
        running.process.kill("SIGTERM")
        assert.strictEqual(yield* Effect.promise(() => running.ended), 0)
      }),
    180_000
  )
})

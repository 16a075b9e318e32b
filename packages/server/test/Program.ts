import { Effect } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { chmod, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const program = fileURLToPath(new URL("../src/bin.ts", import.meta.url))

/** A folder that the user PostgreSQL runs as can reach. */
export const dataDirectory = Effect.acquireRelease(
  Effect.promise(async () => {
    const directory = await mkdtemp(join(tmpdir(), "audiences-bin-"))
    await chmod(directory, 0o755)
    return join(directory, "data")
  }),
  (directory) => Effect.promise(() => rm(join(directory, ".."), { recursive: true, force: true }))
)

export interface Running {
  readonly process: ChildProcess
  /** Where it listens, once it is ready; fails if it ends before. */
  readonly origin: Promise<string>
  /** What it wrote so far. */
  readonly written: { out: string; err: string }
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>
}

/** On a port of its own, unless told: none that is looked for beforehand stays free for sure. */
export const start = (dataDir: string, environment: Record<string, string> = {}) =>
  Effect.acquireRelease(
    Effect.sync((): Running => {
      const child = spawn(process.execPath, ["--conditions=@audiences/source", program], {
        env: { PATH: process.env.PATH, AUDIENCES_DATA_DIR: dataDir, AUDIENCES_PORT: "0", ...environment }
      })
      const written = { out: "", err: "" }
      child.stderr.on("data", (chunk: Buffer) => (written.err += chunk.toString()))
      const ended = new Promise<number | string | null>((resolve) =>
        child.once("close", (code, signal) => resolve(code ?? signal))
      )
      const origin = new Promise<string>((resolve, reject) => {
        child.stdout.on("data", (chunk: Buffer) => {
          written.out += chunk.toString()
          const [, found] = /Ready [^"]*?(http:\/\/[^/"]+)\//.exec(written.out) ?? []
          if (found !== undefined) resolve(found)
        })
        void ended.then((how) => reject(new Error(`It ended with ${how}: ${written.err}`)))
      })
      origin.catch(() => {})
      return { process: child, origin, written, ended }
    }),
    // Not SIGKILL: that would leave a PostgreSQL behind in a folder that is about to be deleted.
    ({ ended, process }) => Effect.promise(() => (process.kill("SIGTERM"), ended))
  )

/** Waits until it is ready, and tells where it listens; the test's own time limit is the only one. */
export const untilReady = ({ origin }: Running) => Effect.promise(() => origin)

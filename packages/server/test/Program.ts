import { Effect, Schedule } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { chmod, mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
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

export const freePort = Effect.promise(
  () =>
    new Promise<number>((resolve) => {
      const server = createServer().listen(0, "127.0.0.1", () => {
        const { port } = server.address() as { port: number }
        server.close(() => resolve(port))
      })
    })
)

export interface Running {
  readonly process: ChildProcess
  readonly origin: string
  /** What it wrote so far. */
  readonly written: { out: string; err: string }
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>
}

export const start = (dataDir: string, port: number, environment: Record<string, string> = {}) =>
  Effect.acquireRelease(
    Effect.sync((): Running => {
      const child = spawn(process.execPath, ["--conditions=@audiences/source", program], {
        env: { PATH: process.env.PATH, AUDIENCES_DATA_DIR: dataDir, AUDIENCES_PORT: String(port), ...environment }
      })
      const written = { out: "", err: "" }
      child.stdout.on("data", (chunk: Buffer) => (written.out += chunk.toString()))
      child.stderr.on("data", (chunk: Buffer) => (written.err += chunk.toString()))
      return {
        process: child,
        origin: `http://127.0.0.1:${port}`,
        written,
        ended: new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)))
      }
    }),
    // Not SIGKILL: that would leave a PostgreSQL behind in a folder that is about to be deleted.
    ({ ended, process }) => Effect.promise(() => (process.kill("SIGTERM"), ended))
  )

export const untilReady = ({ origin }: Running) =>
  Effect.tryPromise(async () => {
    if (!(await fetch(`${origin}/health/ready`)).ok) throw new Error("not ready")
  }).pipe(Effect.retry({ schedule: Schedule.spaced("50 millis"), times: 600 }))

import { Effect, Layer, Redacted } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { chmod, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Client } from "pg"
import { EmbeddedPostgres } from "../../src/postgres/EmbeddedPostgres.ts"

/** A directory that the unprivileged user can enter, deleted with the scope. */
export const temporaryDirectory = Effect.acquireRelease(
  Effect.promise(async () => {
    const directory = await mkdtemp(join(tmpdir(), "embedded-postgres-"))
    await chmod(directory, 0o755)
    return directory
  }),
  (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
)

/** Starts it in the surrounding scope. */
export const start = (dataDir: string) =>
  Layer.build(EmbeddedPostgres.layer({ dataDir })).pipe(
    Effect.flatMap((context) => Effect.provideContext(EmbeddedPostgres, context)),
    Effect.map(({ directory, url }) => ({ directory, url: Redacted.value(url) }))
  )

/** Starts and stops it. */
export const startOnce = (dataDir: string) => Effect.scoped(start(dataDir))

export const query = (url: string, text: string) =>
  Effect.tryPromise(async () => {
    const client = new Client(url)
    client.on("error", () => {})
    try {
      await client.connect()
      return (await client.query<Record<string, unknown>>(text)).rows
    } finally {
      await client.end().catch(() => {})
    }
  })

export const postmasterPid = (directory: string) =>
  Number.parseInt(readFileSync(join(directory, "postmaster.pid"), "utf8"), 10)

export const eventually = (condition: () => boolean) =>
  Effect.sleep("5 millis").pipe(Effect.repeat({ until: condition }), Effect.timeout("30 seconds"))

/** A server process of its own on the data directory; killed with the scope, which may leave an orphan. */
export const startElsewhere = (dataDir: string) =>
  Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [join(import.meta.dirname, "holdOpen.ts"), dataDir], {
        stdio: ["ignore", "pipe", "ignore"]
      })
    ),
    kill
  )

/** Its url and directory, or why it did not start. */
export const firstLine = (child: ChildProcess) =>
  Effect.callback<{ readonly url?: string; readonly directory?: string; readonly error?: string }>((resume) => {
    let output = ""
    child.stdout?.on("data", (chunk) => {
      output += String(chunk)
      if (output.includes("\n")) resume(Effect.sync(() => JSON.parse(output)))
    })
  })

export const kill = (child: ChildProcess) =>
  Effect.callback<void>((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
    child.kill("SIGKILL")
  })

export const isRoot = process.getuid?.() === 0

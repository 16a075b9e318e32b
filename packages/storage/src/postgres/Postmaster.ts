import { Duration, Effect, Schema } from "effect"
import { spawn } from "node:child_process"
import { chown, open, readFile, rename, stat, statfs } from "node:fs/promises"
import { type Cluster, lastLines } from "./Cluster.ts"
import { attempt, EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { shutDown } from "./Shutdown.ts"
import { cannotRun, processOptions } from "./UnprivilegedUser.ts"

/** A running postmaster, the parent of all processes of one cluster. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
  /** Waits for its end, and says how it ended. */
  readonly ended: Effect.Effect<string>
  /** The last lines it logged since its start. */
  readonly logTail: Effect.Effect<string, EmbeddedPostgresError>
}

/** Something else listens on the port that was free a moment ago. */
export class PortTaken extends Schema.TaggedError<PortTaken>()("PortTaken", { port: Schema.Int }) {}

/** Starts a postmaster and stops it when the scope closes. It is not ready for connections yet. */
export const startPostmaster = Effect.fnUntraced(function* (cluster: Cluster, port: number) {
  const settings = yield* serverSettings
  return yield* Effect.acquireRelease(launch(cluster, port, settings), (postmaster) =>
    shutDown(postmaster.pid, Effect.asVoid(postmaster.ended), Duration.seconds(30))
  )
})

/** Why a postmaster ended before it was ready. */
export const startFailure = Effect.fnUntraced(function* (cluster: Cluster, postmaster: Postmaster, how: string) {
  const log = yield* postmaster.logTail
  if (/could not bind .*: Address already in use/.test(log)) return yield* new PortTaken({ port: postmaster.port })
  return yield* new EmbeddedPostgresError({
    message:
      `PostgreSQL does not start in ${cluster.directory} (${how}). Mend what its log says, or set AUDIENCES_DATABASE_URL. ` +
      `End of ${cluster.logFile}:\n${log}`
  })
})

const serverSettings = attempt("Cannot inspect /dev/shm", async () => {
  const sharedMemory = await statfs("/dev/shm").then(
    (fs) => fs.bsize * fs.blocks,
    () => undefined
  )
  return [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=100",
    "shared_buffers=256MB",
    "work_mem=32MB",
    "maintenance_work_mem=256MB",
    "max_wal_size=2GB",
    "min_wal_size=256MB",
    // These builds have no lz4.
    "wal_compression=pglz",
    "jit=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_destination=stderr",
    "logging_collector=off",
    "log_checkpoints=off",
    // Parallel queries share memory there; containers get 64 MB by default, which several of them exceed.
    ...(sharedMemory !== undefined && sharedMemory < 512 * 1024 * 1024 ? ["dynamic_shared_memory_type=mmap"] : [])
  ]
})

const launch = Effect.fnUntraced(function* (cluster: Cluster, port: number, settings: ReadonlyArray<string>) {
  const log = yield* attempt(`Cannot write ${cluster.logFile}`, () => openLog(cluster))
  const child = spawn(
    cluster.binaries.postgres,
    ["-D", cluster.directory, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
    // A session of its own: Ctrl-C in a terminal must reach the server only, which then stops the database last.
    { ...processOptions(cluster.user), cwd: "/", detached: true, stdio: ["ignore", log.handle.fd, log.handle.fd] }
  )
  const spawned = new Promise<number>((resolve, reject) => {
    child.once("spawn", () => resolve(child.pid as number))
    child.once("error", reject)
  })
  const ended = new Promise<string>((resolve) =>
    child.once("exit", (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`))
  )
  const pid = yield* Effect.tryPromise({
    try: () => spawned.finally(() => log.handle.close()),
    catch: (cause) => cannotRun(cluster.binaries.postgres, cluster.user, cause as Error)
  })
  return {
    pid,
    port,
    ended: Effect.promise(() => ended),
    logTail: attempt(`Cannot read ${cluster.logFile}`, async () =>
      lastLines((await readFile(cluster.logFile)).subarray(log.start).toString())
    )
  } satisfies Postmaster
})

const logLimitBytes = 16 * 1024 * 1024

/** The previous log is kept as `postgres.log.1` once it has grown. */
const openLog = async ({ logFile, user }: Cluster) => {
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0
  )
  if (size > logLimitBytes) await rename(logFile, `${logFile}.1`)
  const handle = await open(logFile, "a", 0o600)
  if (user !== undefined) await chown(logFile, user.uid, user.gid)
  return { handle, start: size > logLimitBytes ? 0 : size }
}

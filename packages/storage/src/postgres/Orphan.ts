import { Duration, Effect } from "effect"
import { existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { attempt } from "./EmbeddedPostgresError.ts"
import { findLiveProcess, findProcessesIn, type LiveProcess } from "./LiveProcess.ts"
import { shutDown } from "./Shutdown.ts"

/**
 * Stops what a killed server, or a killed postmaster, left running on this cluster.
 * The caller holds the lock of the data directory, so no living server is using it.
 */
export const stopOrphan = Effect.fnUntraced(function* (directory: string) {
  if (!existsSync(directory)) return
  const cluster = yield* attempt(`Cannot read ${directory}`, () => realpathSync(directory))
  const pidFile = join(cluster, "postmaster.pid")
  const pid = readPid(pidFile)
  const found = pid === undefined ? undefined : findLiveProcess(pid)
  if (found !== undefined && mayServe(found, cluster)) {
    yield* Effect.logWarning(
      `Stopping PostgreSQL (process ${found.pid}), which a killed server left running in ${directory}`
    )
    yield* shutDown(found.pid, untilGone(found), Duration.seconds(10))
  } else if (pid !== undefined) {
    yield* attempt(`Cannot write ${pidFile}`, () => disown(pidFile))
  }
  yield* stopBackends(cluster)
})

/** A backend busy with a long query does not notice that its postmaster died, and keeps the next one from starting. */
const stopBackends = Effect.fnUntraced(function* (cluster: string) {
  const backends = findProcessesIn(cluster).filter(({ command }) => command.startsWith("postgres:"))
  yield* Effect.forEach(backends, (each) => shutDown(each.pid, untilGone(each), Duration.seconds(1)), {
    concurrency: "unbounded",
    discard: true
  })
})

const untilGone = ({ pid, startId }: LiveProcess) =>
  Effect.sleep(Duration.millis(20)).pipe(
    Effect.repeat({ until: () => isGone(findLiveProcess(pid), startId) }),
    Effect.asVoid
  )

/** Ended, or its number went to another. */
const isGone = (now: LiveProcess | undefined, startId: string | undefined) =>
  now === undefined || now.startId !== startId

/** In doubt yes: two postmasters on one cluster destroy it. */
const mayServe = ({ command, workingDirectory }: LiveProcess, cluster: string): boolean => {
  if (!/(^|\/)postgres( |$)/.test(command)) return false
  // A postmaster's working directory is its cluster; the system may hide it.
  return workingDirectory === undefined ? command.includes(`${cluster} `) : workingDirectory === cluster
}

/** Above the greatest process number of Linux (2^22) and macOS. */
const nobodysPid = 2 ** 22 + 1

/**
 * PostgreSQL refuses to start while any process, even a zombie, has the number in the file. The file stays for the sake
 * of its other lines, by which PostgreSQL finds shared memory that is still in use.
 */
const disown = (pidFile: string) =>
  writeFileSync(pidFile, readFileSync(pidFile, "utf8").replace(/^-?\d+/, String(nobodysPid)))

const readPid = (pidFile: string): number | undefined => {
  if (!existsSync(pidFile)) return undefined
  // PostgreSQL's single-user mode writes it negated.
  const pid = Math.abs(Number.parseInt(readFileSync(pidFile, "utf8"), 10))
  return pid > 0 ? pid : undefined
}

import { Duration, Effect } from "effect"
import { readFileSync, rmSync } from "node:fs"
import { basename, join } from "node:path"
import { attempt } from "./EmbeddedPostgresError.ts"
import { findLiveProcess } from "./LiveProcess.ts"
import { shutDown } from "./Shutdown.ts"

/**
 * Stops the PostgreSQL that a killed server left running on this cluster.
 * The caller holds the lock of the data directory, so no living server is using it.
 */
export const stopOrphan = Effect.fnUntraced(function*(directory: string) {
  const pidFile = join(directory, "postmaster.pid")
  const pid = readPid(pidFile)
  const found = pid === undefined ? undefined : findLiveProcess(pid)
  if (found === undefined) return
  const program = basename(found.command.split(" ")[0] ?? "")
  const ours = found.workingDirectory === directory || found.command.includes(directory)
  if (program !== "postgres" || !ours) {
    // PostgreSQL takes any live process of that pid for a rival and refuses to start.
    yield* Effect.logInfo(`${pidFile} is left from process ${pid}, whose number now belongs to another program: removing it`)
    return yield* attempt(`Cannot remove ${pidFile}`, () => rmSync(pidFile, { force: true }))
  }
  yield* Effect.logWarning(`Stopping PostgreSQL (process ${found.pid}), which a killed server left running in ${directory}`)
  const gone = Effect.sleep(Duration.millis(20)).pipe(
    Effect.repeat({ until: () => findLiveProcess(found.pid)?.startId !== found.startId })
  )
  yield* shutDown(found.pid, Effect.asVoid(gone), Duration.seconds(10))
})

const readPid = (pidFile: string): number | undefined => {
  try {
    // First line; PostgreSQL's single-user mode writes it negated.
    const pid = Math.abs(Number.parseInt(readFileSync(pidFile, "utf8"), 10))
    return Number.isInteger(pid) && pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

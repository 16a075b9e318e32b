import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync, readlinkSync } from "node:fs"

/** A running process of this machine. Zombies, which wait only to be reaped, do not count as running. */
export interface LiveProcess {
  readonly pid: number
  /** Differs between two processes that had the same pid; absent when the system hides it. */
  readonly startId?: string
  readonly command: string
  readonly workingDirectory?: string
}

export const findLiveProcess = (pid: number): LiveProcess | undefined => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it runs, as another user.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return undefined
  }
  const found = process.platform === "linux" ? fromProc(pid) : fromPs(pid)
  return found === "zombie" ? undefined : found
}

/** Where the system tells: nowhere but on Linux. */
export const findProcessesIn = (workingDirectory: string): ReadonlyArray<LiveProcess> =>
  process.platform !== "linux"
    ? []
    : readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name) && readLink(`/proc/${name}/cwd`) === workingDirectory)
        .flatMap((name) => findLiveProcess(Number(name)) ?? [])

const fromProc = (pid: number): LiveProcess | "zombie" => {
  const stat = read(`/proc/${pid}/stat`)
  // proc(5): the command may hold spaces and parentheses; after the last ")" come fields 3 (state) onwards.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")
  if (fields?.[0] === "Z" || fields?.[0] === "X") return "zombie"
  // Field 22 counts ticks since boot, so two boots could agree on it.
  const startId = fields === undefined ? undefined : `${read("/proc/sys/kernel/random/boot_id")?.trim()}/${fields[19]}`
  const workingDirectory = readLink(`/proc/${pid}/cwd`)
  return {
    pid,
    ...(startId === undefined ? {} : { startId }),
    command: read(`/proc/${pid}/cmdline`)?.replaceAll("\0", " ").trim() || "unknown command",
    ...(workingDirectory === undefined ? {} : { workingDirectory })
  }
}

const fromPs = (pid: number): LiveProcess | "zombie" => {
  const { stdout } = spawnSync("ps", ["-o", "stat=,lstart=,command=", "-p", String(pid)], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C", TZ: "UTC" }
  })
  const [, state, startId, command] = /^\s*(\S+)\s+(\w{3} \w{3}\s+\d+ [\d:]+ \d{4})\s+(.*)$/m.exec(stdout ?? "") ?? []
  if (state?.startsWith("Z")) return "zombie"
  return { pid, ...(startId === undefined ? {} : { startId }), command: command ?? "unknown command" }
}

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return undefined
  }
}

const readLink = (path: string): string | undefined => {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

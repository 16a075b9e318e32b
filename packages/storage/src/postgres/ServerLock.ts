import { DateTime, Effect, Option, Schema } from "effect"
import { randomUUID } from "node:crypto"
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { findLiveProcess } from "./LiveProcess.ts"

/** What `server.lock` says about the server that uses the data directory. */
const Holder = Schema.Struct({
  pid: Schema.Int,
  startId: Schema.optionalKey(Schema.String),
  command: Schema.String,
  lockedAt: Schema.String,
  nonce: Schema.String
})
type Holder = typeof Holder.Type

const HolderText = Schema.fromJsonString(Holder)
const decodeHolder = Schema.decodeUnknownOption(HolderText)
const encodeHolder = Schema.encodeSync(HolderText)

/** Makes this process the only server of the data directory until the scope closes. */
export const acquireServerLock = Effect.fnUntraced(function* (dataDir: string) {
  const self = findLiveProcess(process.pid)
  const mine: Holder = {
    pid: process.pid,
    ...(self?.startId === undefined ? {} : { startId: self.startId }),
    command: self?.command ?? process.argv.join(" "),
    lockedAt: DateTime.formatIso(yield* DateTime.now),
    nonce: randomUUID()
  }
  const lock = join(dataDir, "server.lock")
  yield* Effect.acquireRelease(
    Effect.try({
      try: () => take(lock, mine),
      catch: (cause) =>
        new EmbeddedPostgresError({ message: `Cannot lock the data directory ${dataDir}: ${String(cause)}`, cause })
    }).pipe(
      Effect.flatMap((holder) =>
        holder === undefined ? Effect.void : new EmbeddedPostgresError({ message: inUse(dataDir, holder) })
      )
    ),
    // Also when the user has deleted the directory meanwhile, and another server has locked a new one.
    () =>
      Effect.sync(() => {
        const holder = readHolder(lock)
        if (typeof holder !== "string" && holder.nonce === mine.nonce) rmSync(lock, { force: true })
      })
  )
})

const inUse = (dataDir: string, holder: Holder) =>
  `Data directory ${dataDir} is in use by process ${holder.pid} (${holder.command}), started ${holder.lockedAt}: ` +
  "stop it or set AUDIENCES_DATA_DIR"

/**
 * Returns the live holder who is in the way, or nothing when the lock is ours.
 *
 * Removing a stale lock by name could remove the lock of a faster rival who saw the same stale one. So whoever replaces
 * it first takes `server.lock.claim`, looks again, and renames over it.
 */
const take = (lock: string, mine: Holder): Holder | undefined => {
  const draft = `${lock}.${mine.nonce}`
  const claim = `${lock}.claim`
  writeFileSync(draft, encodeHolder(mine), { mode: 0o644 })
  try {
    for (let attempts = 0; attempts < 100; attempts++) {
      // link(2) fails when the name exists, and the file appears with its content.
      if (link(draft, lock)) return undefined
      const holder = readHolder(lock)
      if (isAlive(holder)) return holder
      if (holder === "absent") continue
      if (!link(draft, claim)) {
        const claimant = readHolder(claim)
        if (isAlive(claimant)) return claimant
        rmSync(claim, { force: true })
        continue
      }
      try {
        const now = readHolder(lock)
        if (isAlive(now)) return now
        if (now === "absent") continue
        renameSync(draft, lock)
        return undefined
      } finally {
        rmSync(claim, { force: true })
      }
    }
    throw new Error(`${lock} keeps changing`)
  } finally {
    rmSync(draft, { force: true })
  }
}

const isAlive = (holder: Found): holder is Holder => {
  if (typeof holder === "string") return false
  const found = findLiveProcess(holder.pid)
  if (found === undefined) return false
  return found.startId === undefined || holder.startId === undefined || found.startId === holder.startId
}

/** "unreadable" is what a power failure can leave of a lock: nobody holds it. */
type Found = Holder | "unreadable" | "absent"

const readHolder = (path: string): Found => {
  try {
    return Option.getOrElse(decodeHolder(readFileSync(path, "utf8")), () => "unreadable" as const)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "absent"
    throw error
  }
}

const link = (from: string, to: string): boolean => {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false
    throw error
  }
}

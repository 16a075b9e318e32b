import { Effect, Option } from "effect"
import { randomBytes } from "node:crypto"
import { existsSync } from "node:fs"
import { chown, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { basename, join } from "node:path"
import {
  claimHome,
  type ClusterLocation,
  locateCluster,
  passwordIn,
  pointedHome,
  pointTo,
  relocationRoot
} from "./ClusterLocation.ts"
import { attempt, EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { stopOrphan } from "./Orphan.ts"
import { findPlatformPackage, placeBinaries, type PostgresBinaries } from "./PostgresBinaries.ts"
import { chooseUnprivilegedUser, runProgram, type UnprivilegedUser } from "./UnprivilegedUser.ts"

/** An initialised cluster that nothing runs on. */
export interface Cluster {
  readonly directory: string
  readonly logFile: string
  readonly password: string
  readonly binaries: PostgresBinaries
  readonly user: UnprivilegedUser | undefined
}

/** The superuser that initdb creates, and the only one. */
export const superuser = "audiences"

/** Finds the data directory's cluster or creates it. The caller holds the lock of the data directory. */
export const prepareCluster = Effect.fnUntraced(function* (dataDir: string) {
  const pointed = yield* pointedHome(dataDir)
  const user = yield* chooseUnprivilegedUser(join(pointed ?? dataDir, "postgres"))
  const binaries = yield* placeBinaries({
    packageDirectory: yield* findPlatformPackage,
    copiesDirectory: user === undefined ? dataDir : relocationRoot,
    user
  })
  const location = yield* locateCluster(dataDir, user)
  const { directory } = location
  yield* stopOrphan(directory)
  const known = yield* readPassword(dataDir)
  const password = Option.getOrElse(known, () => randomBytes(24).toString("base64url"))
  const cluster: Cluster = { directory, logFile: join(dataDir, "postgres.log"), password, binaries, user }

  yield* removeDrafts(location)
  if (yield* isInitialised(cluster)) {
    if (Option.isNone(known)) yield* resetPassword(cluster)
  }
  if (Option.isNone(known)) yield* writePassword(dataDir, password)
  if (location.relocated) yield* claimHome(location, dataDir, password)
  if (!existsSync(join(directory, "PG_VERSION"))) yield* initialise(cluster, location)
  if (location.relocated) yield* pointTo(location, dataDir)
  return cluster
})

const isInitialised = Effect.fnUntraced(function* ({ binaries, directory }: Cluster) {
  const names = yield* attempt(`Cannot read ${directory}`, () => (existsSync(directory) ? readdir(directory) : []))
  if (names.length === 0) return false
  if (!names.includes("PG_VERSION")) {
    return yield* new EmbeddedPostgresError({
      message: `${directory} holds files but no PostgreSQL cluster (no PG_VERSION): move it away, or set AUDIENCES_DATA_DIR`
    })
  }
  const version = (yield* attempt(`Cannot read ${directory}`, () =>
    readFile(join(directory, "PG_VERSION"), "utf8")
  )).trim()
  if (version === binaries.majorVersion) return true
  return yield* new EmbeddedPostgresError({
    message:
      `The database in ${directory} was written by PostgreSQL ${version}, and this server brings PostgreSQL ${binaries.majorVersion}, ` +
      `which cannot read it: dump it with ${version} and restore it, or set AUDIENCES_DATA_DIR or AUDIENCES_DATABASE_URL`
  })
})

/** Killed half way, initdb leaves a draft and never a cluster. */
const initialise = Effect.fnUntraced(function* (
  { binaries, directory, password, user }: Cluster,
  { home }: ClusterLocation
) {
  const draft = join(home, `${draftPrefix}${randomBytes(6).toString("hex")}`)
  const passwordFile = `${draft}.password`
  yield* attempt(`Cannot create ${draft}`, async () => {
    await mkdir(draft, { mode: 0o700 })
    await writeFile(passwordFile, password, { mode: 0o600 })
    if (user !== undefined) for (const path of [draft, passwordFile]) await chown(path, user.uid, user.gid)
  })
  const { exitCode, output } = yield* runProgram(
    binaries.initdb,
    [
      `--pgdata=${draft}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--no-instructions"
    ],
    { user }
  )
  yield* attempt(`Cannot delete ${passwordFile}`, () => rm(passwordFile))
  if (exitCode !== 0) {
    return yield* new EmbeddedPostgresError({
      message: `Cannot create a database in ${directory}: initdb ended with code ${exitCode}:\n${lastLines(output)}`
    })
  }
  yield* attempt(`Cannot move ${draft} to ${directory}`, async () => {
    await rename(draft, directory)
    await syncDirectory(home)
  })
})

const draftPrefix = "postgres.initialising-"

/** An initdb of a killed server may still be writing to its draft; it then fails, and the next start removes the rest. */
const removeDrafts = ({ home }: ClusterLocation) =>
  attempt(`Cannot read ${home}`, async () => {
    for (const name of await readdir(home)) {
      if (name.startsWith(draftPrefix))
        await rm(join(home, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => {})
    }
  })

const readPassword = (dataDir: string) =>
  attempt(`Cannot read ${passwordIn(dataDir)}`, async () =>
    existsSync(passwordIn(dataDir)) ? Option.some(await readFile(passwordIn(dataDir), "utf8")) : Option.none()
  )

const writePassword = (dataDir: string, password: string) =>
  attempt(`Cannot write ${passwordIn(dataDir)}`, async () => {
    const draft = `${passwordIn(dataDir)}.draft`
    const file = await open(draft, "w", 0o600)
    await file
      .writeFile(password)
      .then(() => file.sync())
      .finally(() => file.close())
    await rename(draft, passwordIn(dataDir))
    await syncDirectory(dataDir)
  })

/** Single-user mode asks for no password: whoever owns the files may do this. */
const resetPassword = Effect.fnUntraced(function* ({ binaries, directory, password, user }: Cluster) {
  yield* Effect.logWarning(`The password of the database in ${directory} is lost: setting a new one`)
  const { exitCode, output } = yield* runProgram(binaries.postgres, ["--single", "-D", directory, "postgres"], {
    user,
    input: `ALTER ROLE ${superuser} PASSWORD '${password}'\n`
  })
  // A failed statement does not change the exit code.
  if (exitCode !== 0 || output.includes("ERROR:")) {
    return yield* new EmbeddedPostgresError({
      message: `Cannot set a new password for the database in ${directory} (${basename(binaries.postgres)} ended with code ${exitCode}):\n${lastLines(output)}`
    })
  }
})

/** A rename survives a power failure only when its directory was synced. */
const syncDirectory = async (directory: string) => {
  const handle = await open(directory)
  await handle.sync().finally(() => handle.close())
}

export const lastLines = (text: string): string => text.trimEnd().split("\n").slice(-15).join("\n")

import { DateTime, Effect, Option, Schema } from "effect"
import { createHash } from "node:crypto"
import { existsSync } from "node:fs"
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { attempt, EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { stopOrphan } from "./Orphan.ts"
import { type UnprivilegedUser, userCan } from "./UnprivilegedUser.ts"

/** Where clusters go whose data directory is closed to the user that PostgreSQL runs as. */
export const relocationRoot = "/var/lib/audiences"

export interface ClusterLocation {
  /** The cluster's parent: the data directory, or its stand-in. */
  readonly home: string
  readonly directory: string
  readonly relocated: boolean
}

/** Kept beside a relocated cluster: which data directory it belongs to. The password itself stays there. */
const Owner = Schema.Struct({ dataDir: Schema.String, passwordSha256: Schema.String })
const OwnerText = Schema.fromJsonString(Owner)

/** Kept in the data directory: survives its being moved, which changes the hash of its path. */
const pointerIn = (dataDir: string) => join(dataDir, "postgres-location")
const ownerIn = (home: string) => join(home, "owner.json")
export const passwordIn = (dataDir: string) => join(dataDir, "postgres-password")

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex")

const defaultHome = (dataDir: string) => join(relocationRoot, sha256(dataDir).slice(0, 12))

const readIfExists = (path: string) =>
  attempt(`Cannot read ${path}`, () => (existsSync(path) ? readFile(path, "utf8") : undefined))

/** The relocated home that this data directory points to, if any. */
export const pointedHome = (dataDir: string) =>
  readIfExists(pointerIn(dataDir)).pipe(Effect.map((text) => text?.trim()))

/** Where the cluster is found, or else goes. Moves nothing but a relocated cluster whose data directory was deleted. */
export const locateCluster = Effect.fnUntraced(function* (dataDir: string, user: UnprivilegedUser | undefined) {
  const pointed = yield* pointedHome(dataDir)
  const inPlace: ClusterLocation = { home: dataDir, directory: join(dataDir, "postgres"), relocated: false }
  if (pointed === undefined) {
    if (user === undefined || (yield* userCan(user, "enter", dataDir))) return inPlace
    if (existsSync(join(inPlace.directory, "PG_VERSION"))) {
      return yield* new EmbeddedPostgresError({
        message:
          `User ${user.name}, whom PostgreSQL runs as, cannot enter ${dataDir}, where the database is: ` +
          "give execute permission on that directory and its parents"
      })
    }
  }
  const home = pointed ?? defaultHome(dataDir)
  const relocated: ClusterLocation = { home, directory: join(home, "postgres"), relocated: true }
  if (pointed !== undefined && !existsSync(relocated.directory)) {
    return yield* new EmbeddedPostgresError({
      message:
        `The database of ${dataDir} was kept in ${relocated.directory} and is gone: restore it, ` +
        `or delete ${pointerIn(dataDir)} to begin with an empty one`
    })
  }
  yield* openHome(home, dataDir, user)
  yield* setAsideUnlessOurs(relocated, dataDir)
  return relocated
})

const openHome = Effect.fnUntraced(function* (home: string, dataDir: string, user: UnprivilegedUser | undefined) {
  const why = `User ${user?.name}, whom PostgreSQL runs as, cannot enter ${dataDir}; ${home} would do instead, but`
  yield* attempt(
    `${why} it cannot be created (make one of them accessible, or set AUDIENCES_DATABASE_URL)`,
    async () => {
      await mkdir(home, { recursive: true })
      for (const directory of [relocationRoot, home]) if (existsSync(directory)) await chmod(directory, 0o755)
    }
  )
  if (!(yield* userCan(user, "enter", home))) {
    return yield* new EmbeddedPostgresError({
      message: `${why} it is closed to that user too: make one of them accessible, or set AUDIENCES_DATABASE_URL`
    })
  }
})

/** A cluster whose password was deleted with its data directory is kept, but under another name. */
const setAsideUnlessOurs = Effect.fnUntraced(function* ({ directory, home }: ClusterLocation, dataDir: string) {
  if (!existsSync(directory)) return
  const owner = Option.flatMap(
    Option.fromUndefinedOr(yield* readIfExists(ownerIn(home))),
    Schema.decodeUnknownOption(OwnerText)
  )
  const password = yield* readIfExists(passwordIn(dataDir))
  if (Option.isSome(owner) && password !== undefined && owner.value.passwordSha256 === sha256(password)) {
    const elsewhere = owner.value.dataDir
    if (elsewhere === dataDir || (yield* readIfExists(passwordIn(elsewhere))) !== password) return
    return yield* new EmbeddedPostgresError({
      message:
        `Data directory ${dataDir} is a copy of ${elsewhere}, and the database of both is ${directory}: ` +
        `delete ${pointerIn(dataDir)} and ${passwordIn(dataDir)} to give the copy a database of its own`
    })
  }
  yield* stopOrphan(directory)
  const aside = `${directory}.${DateTime.formatIso(yield* DateTime.now).replaceAll(/[-:]|\.\d+/g, "")}`
  yield* attempt(`Cannot move ${directory} to ${aside}`, () => rename(directory, aside))
  yield* Effect.logWarning(
    `${directory} belongs to a data directory that was deleted: moved to ${aside}; delete it if it is not wanted`
  )
})

/** Before the cluster exists, so that a cluster never lacks an owner. */
export const claimHome = ({ home }: ClusterLocation, dataDir: string, password: string) =>
  attempt(`Cannot write ${ownerIn(home)}`, () =>
    writeFile(ownerIn(home), Schema.encodeSync(OwnerText)({ dataDir, passwordSha256: sha256(password) }), {
      mode: 0o600
    })
  )

/** After the cluster exists, so that a pointer never leads to nothing. */
export const pointTo = Effect.fnUntraced(function* ({ directory, home }: ClusterLocation, dataDir: string) {
  if ((yield* pointedHome(dataDir)) === home) return
  yield* attempt(`Cannot write ${pointerIn(dataDir)}`, () => writeFile(pointerIn(dataDir), `${home}\n`))
  yield* Effect.logInfo(
    `${dataDir} is closed to the user that PostgreSQL runs as: the database is kept in ${directory}`
  )
})

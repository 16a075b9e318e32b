import { Config, Effect, FileSystem, Path, type PlatformError, Schema } from "effect"
import { UsageError } from "../UsageError.ts"

/** A server and the key to show it. */
export const Profile = Schema.Struct({ url: Schema.String, secretKey: Schema.String })
export type Profile = typeof Profile.Type

/** What the configuration file holds. `current` names the profile of commands that name none. */
const Profiles = Schema.Struct({
  current: Schema.optionalKey(Schema.String),
  profiles: Schema.Record(Schema.String, Profile)
})
export type Profiles = typeof Profiles.Type

const noProfiles: Profiles = { profiles: {} }

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Profiles))

const onlyOwner = 0o600
const onlyOwnerFolder = 0o700
const others = 0o077

const variable = (name: string) => Effect.orDie(Config.String(name).pipe(Config.withDefault("")))

/** `$XDG_CONFIG_HOME/audiences/config.json`, by default in `~/.config`. */
export const configPath = Effect.gen(function* () {
  const path = yield* Path.Path
  const home = (yield* variable("HOME")) || (yield* variable("USERPROFILE"))
  const folder = yield* variable("XDG_CONFIG_HOME")
  // The XDG specification has relative paths ignored.
  if (path.isAbsolute(folder)) return path.join(folder, "audiences", "config.json")
  if (home === "")
    return yield* new UsageError({
      message: "Neither XDG_CONFIG_HOME nor HOME is set: there is no place for profiles."
    })
  return path.join(home, ".config", "audiences", "config.json")
})

const refused = (file: string, what: string) => (error: PlatformError.PlatformError) =>
  new UsageError({
    message: `${file} cannot be ${what}: ${error.reason._tag === "PermissionDenied" ? "permission denied" : error.message}.`
  })

/** Windows has no such modes. */
const readableByOthers = (path: Path.Path, mode: number): boolean => path.sep === "/" && (mode & others) !== 0

/** The profiles that are stored; none if there is no file. A file of keys that others may read is refused. */
export const readProfiles = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const file = yield* Effect.orElseSucceed(configPath, () => undefined)
  if (file === undefined) return noProfiles
  const found = yield* fs.stat(file).pipe(
    Effect.catchIf(
      (error) => error.reason._tag === "NotFound",
      () => Effect.succeed(undefined)
    ),
    Effect.mapError(refused(file, "read"))
  )
  if (found === undefined) return noProfiles
  if (readableByOthers(path, found.mode))
    return yield* new UsageError({ message: `Others may read ${file}, and it holds keys: \`chmod 600 ${file}\`.` })
  const text = yield* Effect.mapError(fs.readFileString(file), refused(file, "read"))
  return yield* Effect.mapError(
    decode(text),
    ({ message }) => new UsageError({ message: `${file} is not as \`audiences login\` writes it: ${message}` })
  )
})

/** Replaces the file whole: whoever reads it meanwhile finds the old one or the new one. */
export const writeProfiles = Effect.fnUntraced(function* (profiles: Profiles) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const file = yield* configPath
  const folder = path.dirname(file)
  yield* Effect.scoped(
    Effect.gen(function* () {
      yield* fs.makeDirectory(folder, { recursive: true, mode: onlyOwnerFolder })
      const fresh = path.join(yield* fs.makeTempDirectoryScoped({ directory: folder }), "config.json")
      yield* fs.writeFileString(fresh, `${JSON.stringify(profiles, null, 2)}\n`, { mode: onlyOwner })
      yield* fs.rename(fresh, file)
    })
  ).pipe(Effect.mapError(refused(file, "written")))
  return file
})

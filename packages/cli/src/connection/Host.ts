import { Config, Context, Effect, FileSystem, Layer, Option, Path, Redacted, Ref } from "effect"
import { defaultBaseUrl } from "@audiences/client/Connection"
import { configPath, type Profile, type Profiles, readProfiles } from "../profiles/ConfigFile.ts"
import { profileAsked } from "../profiles/Profile.ts"
import { note } from "../output/Note.ts"
import { UsageError } from "../UsageError.ts"
import { HostInUse } from "./HostInUse.ts"
import { KeyMissing } from "./KeyMissing.ts"

/** A variable that is set to nothing counts as not set. */
const variable = (name: string) =>
  Config.String(name).pipe(
    Config.withDefault(""),
    Config.map((text) => text.trim()),
    Effect.orDie
  )

const isLoopback = (url: string): boolean => {
  const { hostname } = URL.canParse(url) ? new URL(url) : { hostname: "" }
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname)
}

const sameServer = (one: string, other: string): boolean => one.replace(/\/+$/, "") === other.replace(/\/+$/, "")

interface NamedProfile extends Profile {
  readonly name: string
}

const profileNamed = ({ profiles }: Profiles, name: string): Option.Option<NamedProfile> =>
  Object.hasOwn(profiles, name) ? Option.some({ name, ...profiles[name]! }) : Option.none()

/** The profile that was asked for, which then has to be there, else the current one, if there is any. */
const profileInUse = Effect.gen(function* () {
  const asked = yield* profileAsked
  const stored = yield* readProfiles
  if (Option.isNone(asked))
    return stored.current === undefined ? Option.none<NamedProfile>() : profileNamed(stored, stored.current)
  const found = profileNamed(stored, asked.value)
  if (Option.isSome(found)) return found
  const names = Object.keys(stored.profiles)
  return yield* new UsageError({
    message: `There is no profile ${asked.value}; ${names.length === 0 ? "none are stored" : `there are ${names.join(", ")}`}. \`audiences login --profile ${asked.value}\` stores one.`
  })
})

/** The key that a server on this machine has written; never sent to another machine. */
const keyOfLocalServer = Effect.fnUntraced(function* (baseUrl: string) {
  if (!isLoopback(baseUrl)) return yield* new KeyMissing({ baseUrl })
  const path = yield* Path.Path
  const fs = yield* FileSystem.FileSystem
  const file = path.resolve((yield* variable("AUDIENCES_DATA_DIR")) || "data", "secret-key")
  const text = yield* fs
    .readFileString(file)
    .pipe(
      Effect.mapError(
        (error) => new KeyMissing({ baseUrl, file, unreadable: error.reason._tag === "PermissionDenied" })
      )
    )
  return { key: text.trim(), origin: file }
})

/** Where a key comes from: the environment wins, then the profile, whose key goes to its own server only. */
const keyFor = Effect.fnUntraced(function* (baseUrl: string, profile: Option.Option<NamedProfile>) {
  const key = yield* variable("AUDIENCES_SECRET_KEY")
  if (key !== "") {
    if (Option.isSome(profile) && Option.isSome(yield* profileAsked))
      yield* note(`AUDIENCES_SECRET_KEY is set: it is used, not the key of the profile ${profile.value.name}.`)
    return { key, origin: "AUDIENCES_SECRET_KEY" }
  }
  if (Option.isSome(profile) && sameServer(profile.value.url, baseUrl))
    return { key: profile.value.secretKey, origin: `the profile ${profile.value.name} (${yield* configPath})` }
  return yield* keyOfLocalServer(baseUrl)
})

/** The server that a command speaks to, and the key it shows. */
export class Host extends Context.Service<
  Host,
  {
    readonly baseUrl: string
    readonly apiKey: Redacted.Redacted
  }
>()("@audiences/cli/Host") {
  /** The address from `AUDIENCES_URL`, else from the profile, else that of a server on this machine; each with a key for it. */
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const inUse = yield* HostInUse
      const profile = yield* profileInUse
      const url = yield* variable("AUDIENCES_URL")
      const baseUrl = url || Option.match(profile, { onNone: () => defaultBaseUrl, onSome: ({ url }) => url })
      yield* Ref.set(inUse, { baseUrl, key: null })
      const { key, origin } = yield* keyFor(baseUrl, profile)
      const apiKey = Redacted.make(key)
      yield* Ref.set(inUse, { baseUrl, key: { secret: apiKey, origin } })
      return { baseUrl, apiKey }
    })
  )
}

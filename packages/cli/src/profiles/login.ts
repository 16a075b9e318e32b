import { Config, Effect, Layer, Option, Redacted, Ref, Stdio, Stream } from "effect"
import { Command, Flag, Prompt } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { defaultBaseUrl } from "@audiences/client/Connection"
import { secretKeyMode } from "@audiences/domain/SecretKey"
import { Host } from "../connection/Host.ts"
import { HostInUse } from "../connection/HostInUse.ts"
import { layerOfHost } from "../connection/Client.ts"
import { note } from "../output/Note.ts"
import { printRecord } from "../output/Output.ts"
import { UsageError } from "../UsageError.ts"
import { readProfiles, writeProfiles } from "./ConfigFile.ts"
import { defaultProfile, profileAsked } from "./Profile.ts"

/** Whether a person can be asked. */
const asked = Effect.gen(function* () {
  const stdio = yield* Stdio.Stdio
  return (yield* stdio.stdinIsTerminal) && (yield* stdio.stdoutIsTerminal)
})

const nameable = /^[\w.-]+$/

const isAddress = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)

const readUrl = Effect.fnUntraced(function* (given: Option.Option<string>, known: string) {
  const url = Option.isSome(given)
    ? given.value
    : (yield* asked)
      ? (yield* Prompt.run(
          Prompt.String({ message: `Address of the server, up to and with /api (${known})` })
        )).trim() || known
      : known
  if (isAddress(url)) return url.replace(/\/+$/, "")
  return yield* new UsageError({ message: `${url} is not an address; one is like ${defaultBaseUrl}.` })
})

/** Never an argument: others on the machine see those, and a shell keeps them. */
const readKey = Effect.gen(function* () {
  if (yield* asked)
    return Redacted.value(yield* Prompt.run(Prompt.Hidden({ message: "Secret key (not shown)" }))).trim()
  const { stdin } = yield* Stdio.Stdio
  const text = yield* Effect.orDie(Stream.mkString(Stream.decodeText(stdin)))
  return text.trim()
})

/** Any key of a server of the contract may read a list. */
const testKey = (baseUrl: string, key: string) =>
  Effect.gen(function* () {
    const apiKey = Redacted.make(key)
    yield* Ref.set(yield* HostInUse, { baseUrl, key: { secret: apiKey, origin: "what was entered" } })
    const { audiences } = yield* Effect.provide(
      AudiencesClient,
      Layer.provide(layerOfHost, Layer.succeed(Host, { baseUrl, apiKey }))
    )
    yield* audiences.list({ query: { first: 1 } })
  })

const warnOfEnvironment = Effect.gen(function* () {
  const key = yield* Effect.orDie(Config.String("AUDIENCES_SECRET_KEY").pipe(Config.withDefault("")))
  if (key.trim() !== "") yield* note("AUDIENCES_SECRET_KEY is set, and is used instead as long as it is.")
})

export const login = Command.make(
  "login",
  {
    url: Flag.String("url").pipe(
      Flag.optional,
      Flag.withDescription("Address of the server, up to and with /api; asked for on a terminal unless given")
    )
  },
  Effect.fn("profiles.login")(function* ({ url }) {
    const name = Option.getOrElse(yield* profileAsked, () => defaultProfile)
    if (!nameable.test(name))
      return yield* new UsageError({
        message: "The name of a profile is letters, digits, dots, dashes and underscores."
      })
    const stored = yield* readProfiles
    const variable = yield* Effect.orDie(Config.String("AUDIENCES_URL").pipe(Config.withDefault("")))
    const baseUrl = yield* readUrl(url, variable.trim() || (stored.profiles[name]?.url ?? defaultBaseUrl))
    const key = yield* readKey
    if (key === "")
      return yield* new UsageError({ message: "There is no key: type it when asked, or send it to standard input." })
    yield* testKey(baseUrl, key)
    const file = yield* writeProfiles({
      current: stored.current ?? name,
      profiles: { ...stored.profiles, [name]: { url: baseUrl, secretKey: key } }
    })
    yield* printRecord({
      profile: name,
      url: baseUrl,
      mode: secretKeyMode(key) ?? null,
      current: (stored.current ?? name) === name
    })
    yield* note(`The key works. It is kept in ${file}, which only you may read.`)
    yield* warnOfEnvironment
  })
).pipe(
  Command.withDescription("Test a key against its server, and keep both as a profile"),
  Command.withExamples([
    { command: "audiences login", description: "Asks for the address and the key" },
    {
      command: "audiences login --profile shop --url https://audiences.example.com/api < key.txt",
      description: "Another server beside it; the key from a file"
    }
  ])
)

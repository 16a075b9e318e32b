import { Effect, Stream } from "effect"
import { Argument, Command } from "effect/cli"
import { secretKeyMode } from "@audiences/domain/SecretKey"
import { printList, printRecord, type Shown } from "../output/Output.ts"
import { readProfiles, writeProfiles } from "./ConfigFile.ts"
import { ProfileNotFound } from "./ProfileNotFound.ts"

interface Listed {
  readonly name: string
  readonly url: string
  readonly mode: string | null
  readonly current: boolean
}

const columns: ReadonlyArray<Shown<Listed>> = [
  { title: "NAME", of: ({ name }) => name },
  { title: "URL", shrinks: true, of: ({ url }) => url },
  { title: "MODE", of: ({ mode }) => mode },
  { title: "CURRENT", of: ({ current }) => (current ? "current" : "") }
]

const list = Command.make(
  "list",
  {},
  Effect.fn("profiles.list")(function* () {
    const { current, profiles } = yield* readProfiles
    const listed = Object.entries(profiles).map(([name, { secretKey, url }]): Listed => ({
      name,
      url,
      mode: secretKeyMode(secretKey) ?? null,
      current: name === current
    }))
    yield* printList(Stream.fromIterable(listed), columns, "No profiles; `audiences login` stores one.")
  })
).pipe(
  Command.withDescription("List the servers that keys are kept for"),
  Command.withExamples([{ command: "audiences profiles list", description: "All of them, without their keys" }])
)

const use = Command.make(
  "use",
  { name: Argument.String("name").pipe(Argument.withDescription("Name of a profile")) },
  Effect.fn("profiles.use")(function* ({ name }) {
    const { profiles } = yield* readProfiles
    const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined
    if (found === undefined) return yield* new ProfileNotFound({ name })
    yield* writeProfiles({ current: name, profiles })
    yield* printRecord({ name, url: found.url, mode: secretKeyMode(found.secretKey) ?? null, current: true })
  })
).pipe(
  Command.withDescription("Make a profile the one of commands that name none"),
  Command.withExamples([{ command: "audiences profiles use shop", description: "From now on, the server of shop" }])
)

export const profiles = Command.make("profiles").pipe(
  Command.withDescription("Servers, and the keys that `login` has kept for them"),
  Command.withSubcommands([list, use])
)

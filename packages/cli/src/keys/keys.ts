import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { type ApiKey, ApiKeyCreate, ApiKeyRotate, KeyMode } from "@audiences/domain/ApiKey"
import { decodeBody, durationFlag } from "../audiences/payload.ts"
import { confirm } from "../confirmation/Confirmation.ts"
import { served } from "../connection/Server.ts"
import { keyArgument } from "../Ids.ts"
import { note, printRecord, type Shown } from "../output/Output.ts"
import { optionalKey, pagingFlags, printPaged } from "../Paging.ts"

const columns: ReadonlyArray<Shown<ApiKey>> = [
  { title: "ID", of: ({ id }) => id },
  { title: "NAME", shrinks: true, of: ({ name }) => name },
  { title: "MODE", of: ({ mode }) => mode },
  { title: "ENDS IN", of: ({ hint }) => hint },
  { title: "LAST USED", of: ({ lastUsedAt }) => lastUsedAt },
  { title: "EXPIRES", of: ({ expiresAt }) => expiresAt },
  { title: "REVOKED", of: ({ revokedAt }) => revokedAt }
]

const shownOnce = note("The secret key is shown this once: keep it now.")

const list = Command.make(
  "list",
  pagingFlags,
  Effect.fn("keys.list")(function* (paging) {
    const { apiKeys } = yield* AudiencesClient
    yield* printPaged(paging, (page) => apiKeys.list({ query: page }), columns, "No keys.")
  })
).pipe(
  Command.withDescription("List the API keys of the organization"),
  Command.withExamples([{ command: "audiences keys list --all", description: "Those that were revoked among them" }])
)

const create = Command.make(
  "create",
  {
    name: Argument.String("name").pipe(Argument.withDescription("What the key is for")),
    mode: Flag.Literals("mode", KeyMode.literals).pipe(
      Flag.optional,
      Flag.withDescription("As the key that asks, unless given")
    )
  },
  Effect.fn("keys.create")(function* ({ mode, name }) {
    const { apiKeys } = yield* AudiencesClient
    const payload = yield* decodeBody(ApiKeyCreate, { name, ...optionalKey("mode", mode) })
    yield* printRecord(yield* apiKeys.create({ payload }))
    yield* shownOnce
  })
).pipe(
  Command.withDescription("Create an API key, and print it"),
  Command.withExamples([
    {
      command: 'audiences keys create "Web shop" --mode live --query secretKey',
      description: "The secret alone, for a script"
    }
  ])
)

const rotate = Command.make(
  "rotate",
  {
    key: keyArgument,
    grace: durationFlag("grace", "How long the old secret still works, such as 1d; it stops at once unless given").pipe(
      Flag.optional
    )
  },
  Effect.fn("keys.rotate")(function* ({ grace, key }) {
    const { apiKeys } = yield* AudiencesClient
    const payload = yield* decodeBody(ApiKeyRotate, optionalKey("graceSeconds", grace))
    yield* printRecord(yield* apiKeys.rotate({ params: { apiKeyId: key }, payload }))
    yield* shownOnce
  })
).pipe(
  Command.withDescription("Replace an API key by another of the same name, and print it"),
  Command.withExamples([
    {
      command: "audiences keys rotate 01984a3e-7c10-7a80-9d10-3c5f6d0c2f55 --grace 1d",
      description: "With a day to change over"
    }
  ])
)

const revoke = Command.make(
  "revoke",
  { key: keyArgument },
  Effect.fn("keys.revoke")(function* ({ key }) {
    yield* confirm(`Revoke the key ${key}, for good?`)
    const { apiKeys } = yield* AudiencesClient
    yield* printRecord(yield* apiKeys.revoke({ params: { apiKeyId: key } }))
  })
).pipe(
  Command.withDescription("Revoke an API key: it stops within ten seconds, for good"),
  Command.withExamples([
    {
      command: "audiences keys revoke 01984a3e-7c10-7a80-9d10-3c5f6d0c2f55 --yes",
      description: "In a script, where nobody is asked"
    }
  ])
)

export const keys = Command.make("keys").pipe(
  Command.withDescription("API keys: who may speak for the organization"),
  Command.withSubcommands([served(list), served(create), served(rotate), served(revoke)])
)

import { Config, Effect, Layer, Option, Redacted, Stdio, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import { FetchHttpClient } from "effect/http"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { Authentication } from "@audiences/client/Authentication"
import { Host } from "../connection/Host.ts"
import { Progress } from "../output/Progress.ts"
import { UsageError } from "../UsageError.ts"
import { standardInput } from "../UserFile.ts"
import { checkpointFile } from "./Checkpoint.ts"
import { runMigration } from "./Migration.ts"
import { printReport } from "./MigrationReport.ts"
import { patience, Source } from "./Source.ts"

const keyVariable = "AUDIENCES_FROM_KEY"

/** The key of the source: as given, from standard input, or from the environment. */
const readKey = Effect.fnUntraced(function* (key: Option.Option<string>) {
  const { stdin } = yield* Stdio.Stdio
  const given = Option.getOrElse(key, () => "")
  const text =
    given === standardInput
      ? yield* Stream.mkString(Stream.decodeText(stdin)).pipe(Effect.orElseSucceed(() => ""))
      : given || (yield* Config.String(keyVariable).pipe(Config.withDefault("")))
  if (text.trim() === "")
    return yield* new UsageError({
      message: `There is no key for the server to move from: give --key, --key - to read it from standard input, or set ${keyVariable}.`
    })
  return Redacted.make(text.trim())
})

/** The server to move to, with the patience of a long job. */
const Target = Layer.unwrap(
  Effect.map(Host, ({ apiKey, baseUrl }) =>
    AudiencesClient.layerBare({ baseUrl, timeout: "2 minutes" }).pipe(
      Layer.provide([Authentication.layer(apiKey), patience, FetchHttpClient.layer])
    )
  )
)

/** An organization that is copied onto itself would only be written to. */
const refuseItself = Effect.gen(function* () {
  const { read } = yield* Source
  const organizationOf = (client: AudiencesClient["Service"]) =>
    Effect.gen(function* () {
      const [audiences, consumers] = [
        yield* client.audiences.list({ query: { first: 1 } }),
        yield* client.consumers.list({ query: { first: 1 } })
      ]
      return (audiences.data[0] ?? consumers.data[0])?.organizationId
    })
  const there = yield* read(organizationOf)
  const here = yield* Effect.flatMap(AudiencesClient, organizationOf)
  if (there !== undefined && there === here)
    return yield* new UsageError({
      message:
        "Both keys are of the same organization: --from and --key name the server to move from, AUDIENCES_URL and AUDIENCES_SECRET_KEY the one to move to."
    })
})

export const migrate = Command.make(
  "migrate",
  {
    from: Flag.String("from").pipe(
      Flag.filter(
        (text) => URL.canParse(text),
        () => "Expected an address such as https://admin.fanfare.io/api"
      ),
      Flag.withMetavar("url"),
      Flag.withDescription("Address of the server to move from, up to and with its base path")
    ),
    key: Flag.String("key").pipe(
      Flag.optional,
      Flag.withDescription(
        `Key of the server to move from; - reads it from standard input; ${keyVariable} unless given`
      )
    ),
    dryRun: Flag.Boolean("dry-run").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription("Write nothing; report what would be done, and what could not")
    ),
    copySynced: Flag.Boolean("copy-synced").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription(
        "Make SYNCED_LISTs STATIC_LISTs with the members of now, instead of lists that wait for a sync"
      )
    ),
    checkpoint: Flag.String("checkpoint").pipe(
      Flag.withDefault("audiences-migration.json"),
      Flag.withMetavar("file"),
      Flag.withDescription("Where to note how far it got; deleted at the end (audiences-migration.json)")
    )
  },
  Effect.fn("migrations.migrate")(function* ({ checkpoint, copySynced, dryRun, from, key }) {
    const apiKey = yield* readKey(key)
    const target = yield* Host
    const { baseUrl } = target
    yield* Effect.gen(function* () {
      yield* refuseItself
      const file = yield* checkpointFile(checkpoint, { baseUrl: from, apiKey }, target)
      yield* printReport(yield* runMigration(from, baseUrl, { dryRun, copySynced, checkpoint: file }))
    }).pipe(Effect.provide([Source.layer(from, apiKey), Target, Progress.layer]))
  }, Effect.provide(Host.layer))
).pipe(
  Command.withDescription("Copy audiences, groups, consumers and lists from another server of the contract"),
  Command.withExamples([
    {
      command: "audiences migrate --from https://admin.fanfare.io/api --key - --dry-run < key.txt",
      description: "What would come of it"
    },
    {
      command: "AUDIENCES_FROM_KEY=… audiences migrate --from https://admin.fanfare.io/api",
      description: "Do it; after an interruption, or to catch up, the same again"
    }
  ])
)

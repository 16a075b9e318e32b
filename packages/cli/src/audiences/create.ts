import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { AudienceCreate } from "@audiences/domain/Audience"
import { optionalKey } from "../Paging.ts"
import { UsageError } from "../UsageError.ts"
import { decodeBody, intervalFlag, jsonSource, readJson } from "./payload.ts"
import { printAudience } from "./show.ts"
import { typeFlag } from "./typeFlag.ts"

export const create = Command.make(
  "create",
  {
    name: Argument.String("name").pipe(Argument.withDescription("Name, 1 to 255 characters")),
    type: typeFlag.pipe(Flag.optional),
    rules: jsonSource("rules", 'Rule lines of a DYNAMIC audience: [{"field", "operator", "values"}, …]'),
    description: Flag.String("description").pipe(Flag.optional, Flag.withDescription("What the audience is for")),
    interval: intervalFlag.pipe(Flag.optional),
    metadata: jsonSource("metadata", "A JSON object kept with the audience"),
    syncSource: Flag.String("sync-source").pipe(
      Flag.optional,
      Flag.withMetavar("vendor:kind:id"),
      Flag.withDescription("What a SYNCED_LIST follows, such as klaviyo:list:XyZ123")
    )
  },
  Effect.fn("audiences.create")(function* (flags) {
    const rules = Option.isSome(flags.rules) ? { rules: yield* readJson("rules", flags.rules.value) } : {}
    const metadata = Option.isSome(flags.metadata)
      ? { metadata: yield* readJson("metadata", flags.metadata.value) }
      : {}
    const type = Option.getOrUndefined(flags.type) ?? ("rules" in rules ? "DYNAMIC" : undefined)
    if (type === undefined)
      return yield* new UsageError({ message: "Say --type DYNAMIC, STATIC_LIST or SYNCED_LIST, or give --rules." })
    const payload = yield* decodeBody(AudienceCreate, {
      name: flags.name,
      type,
      ...optionalKey("description", flags.description),
      ...optionalKey("refreshIntervalSeconds", flags.interval),
      ...(Option.isSome(flags.syncSource) ? { primarySyncSource: yield* sourceOf(flags.syncSource.value) } : {}),
      ...rules,
      ...metadata
    })
    const { audiences } = yield* AudiencesClient
    yield* printAudience(yield* audiences.create({ payload }))
  })
).pipe(
  Command.withDescription("Create an audience"),
  Command.withExamples([
    {
      command: `audiences create VIPs --rules '[{"field":"ltv","operator":"GREATER_THAN","values":["1000"]}]'`,
      description: "Everybody who has spent more than 1000"
    },
    { command: 'audiences create "Press list" --type static-list', description: "A list to choose people for" },
    {
      command: "audiences create Active --rules @rules.json --interval 15m",
      description: "Rules from a file, refreshed every 15 minutes"
    }
  ])
)

const sourceOf = (text: string) => {
  const [vendor, kind, ...id] = text.split(":")
  return vendor && kind && id.length > 0
    ? Effect.succeed({ syncSource: `${vendor}:${kind}`, syncSourceId: id.join(":") })
    : Effect.fail(new UsageError({ message: "--sync-source is vendor:kind:id, such as klaviyo:list:XyZ123." }))
}

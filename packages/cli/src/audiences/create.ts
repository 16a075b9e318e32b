import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { AudienceCreate } from "@audiences/domain/Audience"
import { settled } from "../groups/SettledAudiences.ts"
import { watchFlag } from "../groups/watchFlag.ts"
import { optionalKey } from "../Paging.ts"
import { UsageError } from "../UsageError.ts"
import { pointed, rulesGiven, whereFlag } from "../rules/TypedRules.ts"
import { decodeBody, intervalFlag, jsonSource, readJson } from "./payload.ts"
import { printAudience } from "./show.ts"
import { typeFlag } from "./typeFlag.ts"

export const create = Command.make(
  "create",
  {
    name: Argument.String("name").pipe(Argument.withDescription("Name, 1 to 255 characters")),
    type: typeFlag.pipe(Flag.optional),
    where: whereFlag("Who is in it"),
    rules: jsonSource("rules", 'The same as rule lines: [{"field", "operator", "values"}, …]'),
    description: Flag.String("description").pipe(Flag.optional, Flag.withDescription("What the audience is for")),
    interval: intervalFlag.pipe(Flag.optional),
    metadata: jsonSource("metadata", "A JSON object kept with the audience"),
    syncSource: Flag.String("sync-source").pipe(
      Flag.optional,
      Flag.withMetavar("vendor:kind:id"),
      Flag.withDescription("What a SYNCED_LIST follows, such as klaviyo:list:XyZ123")
    ),
    watch: watchFlag
  },
  Effect.fn("audiences.create")(function* (flags) {
    const typed = yield* rulesGiven(flags)
    const rules = Option.isSome(typed) ? { rules: typed.value.rules } : {}
    const metadata = Option.isSome(flags.metadata)
      ? { metadata: yield* readJson("metadata", flags.metadata.value) }
      : {}
    const type = Option.getOrElse(flags.type, () =>
      "rules" in rules ? "DYNAMIC" : Option.isSome(flags.syncSource) ? "SYNCED_LIST" : undefined
    )
    if (type === undefined)
      return yield* new UsageError({
        message: "Say --type DYNAMIC, STATIC_LIST or SYNCED_LIST, or give --where or --sync-source."
      })
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
    const created = yield* pointed(audiences.create({ payload }), typed)
    if (flags.watch) yield* settled([created])
    yield* printAudience(flags.watch ? yield* audiences.get({ params: { audienceId: created.id } }) : created)
  })
).pipe(
  Command.withDescription("Create an audience"),
  Command.withExamples([
    {
      command: `audiences create VIPs --where 'ltv >= 1000 and lastGeoCountry in (US, CA) or loyaltyBalance > 500'`,
      description: "By rules: who has spent much in one of two countries, or has points"
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

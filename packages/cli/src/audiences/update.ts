import { Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { AudienceUpdate } from "@audiences/domain/Audience"
import { settled } from "../groups/SettledAudiences.ts"
import { watchFlag } from "../groups/watchFlag.ts"
import { audienceArgument } from "../Ids.ts"
import { optionalKey } from "../Paging.ts"
import { UsageError } from "../UsageError.ts"
import { replacement } from "../rules/Replacement.ts"
import { pointed, rulesGiven, whereFlag } from "../rules/TypedRules.ts"
import { decodeBody, intervalFlag, jsonSource, readJson } from "./payload.ts"
import { printAudience } from "./show.ts"

/** What may be emptied, under the names of the flags that fill it. */
const clearable = {
  description: "description",
  interval: "refreshIntervalSeconds",
  icon: "iconName",
  metadata: "metadata"
} as const

export const update = Command.make(
  "update",
  {
    audience: audienceArgument,
    name: Flag.String("name").pipe(Flag.optional, Flag.withDescription("New name")),
    description: Flag.String("description").pipe(Flag.optional, Flag.withDescription("New description")),
    interval: intervalFlag.pipe(Flag.optional),
    icon: Flag.String("icon").pipe(Flag.optional, Flag.withDescription("Name of an icon")),
    metadata: jsonSource("metadata", "A JSON object in place of the one that is kept"),
    where: whereFlag("Rules in place of all that are there"),
    rules: jsonSource("rules", "The same as rule lines"),
    clear: Flag.Literals("clear", Object.keys(clearable) as ReadonlyArray<keyof typeof clearable>).pipe(
      Flag.atLeast(0),
      Flag.withDefault([]),
      Flag.withDescription("Empty a field; may be repeated")
    ),
    watch: watchFlag
  },
  Effect.fn("audiences.update")(function* ({ audience, ...flags }) {
    const { audiences, rules } = yield* AudiencesClient
    const params = { audienceId: audience }
    const changes = {
      ...optionalKey("name", flags.name),
      ...optionalKey("description", flags.description),
      ...optionalKey("refreshIntervalSeconds", flags.interval),
      ...optionalKey("iconName", flags.icon),
      ...(Option.isSome(flags.metadata) ? { metadata: yield* readJson("metadata", flags.metadata.value) } : {}),
      ...Object.fromEntries(flags.clear.map((field) => [clearable[field], null]))
    }
    const changed = Object.keys(changes).length > 0
    const typed = yield* rulesGiven(flags)
    if (!changed && Option.isNone(typed))
      return yield* new UsageError({ message: "Nothing to change: give at least one flag." })
    const payload = yield* decodeBody(AudienceUpdate, changes)
    // Rules first: they are what is most likely refused, and then nothing has changed.
    if (Option.isSome(typed))
      yield* pointed(rules.replace({ params, payload: yield* replacement(audience, typed.value.rules) }), typed)
    if (changed) yield* audiences.update({ params, payload })
    if (flags.watch) yield* settled([{ id: audience }])
    yield* printAudience(yield* audiences.get({ params }))
  })
).pipe(
  Command.withDescription("Change an audience; what is not given stays"),
  Command.withExamples([
    {
      command: 'audiences update 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 --name "Top customers" --clear interval',
      description: "Rename, and refresh only by change"
    },
    {
      command: "audiences update 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 --where 'lastOrderAt < -P90D'",
      description: "Other rules: who has not ordered for ninety days"
    }
  ])
)

import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { SettingsUpdate } from "@audiences/domain/Settings"
import { decodeBody, intervalFlag } from "../audiences/payload.ts"
import { printRecord } from "../output/Output.ts"
import { optionalKey } from "../Paging.ts"
import { UsageError } from "../UsageError.ts"

/** What may be emptied, under the names of the flags that fill it. */
const clearable = {
  interval: "defaultRefreshIntervalSeconds",
  "audit-days": "auditRetentionDays",
  "undo-days": "importUndoDays"
} as const

const update = Command.make(
  "update",
  {
    interval: intervalFlag.pipe(
      Flag.optional,
      Flag.withDescription("Time between refreshes of audiences that are created without one, such as 900 or 15m")
    ),
    auditDays: Flag.Int("audit-days").pipe(
      Flag.optional,
      Flag.withDescription("Days after which entries of the audit log are deleted")
    ),
    undoDays: Flag.Int("undo-days").pipe(
      Flag.optional,
      Flag.withDescription("Days after its end for which an import can be undone")
    ),
    clear: Flag.Literals("clear", Object.keys(clearable) as ReadonlyArray<keyof typeof clearable>).pipe(
      Flag.atLeast(0),
      Flag.withDefault([]),
      Flag.withDescription("Empty a setting; may be repeated")
    )
  },
  Effect.fn("settings.update")(function* (flags) {
    const changes = {
      ...optionalKey("defaultRefreshIntervalSeconds", flags.interval),
      ...optionalKey("auditRetentionDays", flags.auditDays),
      ...optionalKey("importUndoDays", flags.undoDays),
      ...Object.fromEntries(flags.clear.map((field) => [clearable[field], null]))
    }
    if (Object.keys(changes).length === 0)
      return yield* new UsageError({ message: "Nothing to change: give at least one flag." })
    const { settings } = yield* AudiencesClient
    yield* printRecord(yield* settings.update({ payload: yield* decodeBody(SettingsUpdate, changes) }))
  })
).pipe(
  Command.withDescription("Change settings; what is not given stays"),
  Command.withExamples([
    {
      command: "audiences settings update --interval 15m --clear audit-days",
      description: "Refresh every quarter of an hour; keep the audit log for good"
    }
  ])
)

export const settings = Command.make(
  "settings",
  {},
  Effect.fn("settings.show")(function* () {
    const { settings } = yield* AudiencesClient
    yield* printRecord(yield* settings.get())
  })
).pipe(
  Command.withDescription("Show the settings of the organization, or change them"),
  Command.withSubcommands([update])
)

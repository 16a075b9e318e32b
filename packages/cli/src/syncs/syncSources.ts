import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { SyncSourceCreate, type SyncSourceFull } from "@audiences/domain/SyncSource"
import { decodeBody } from "../audiences/payload.ts"
import { confirm } from "../confirmation/Confirmation.ts"
import { served } from "../connection/Server.ts"
import { audienceArgument, syncSourceArgument } from "../Ids.ts"
import { printRecord, type Shown } from "../output/Output.ts"
import { pagingFlags, printPaged } from "../Paging.ts"

const columns: ReadonlyArray<Shown<SyncSourceFull>> = [
  { title: "ID", of: ({ id }) => id },
  { title: "SOURCE", of: ({ syncSource }) => syncSource },
  { title: "LIST", of: ({ syncSourceId }) => syncSourceId },
  { title: "NAME", shrinks: true, of: ({ sourceData }) => sourceData?.listName },
  { title: "STATUS", of: ({ progress, syncStatus }) => progress?.phase ?? syncStatus },
  { title: "SYNCED", of: ({ lastSyncedAt }) => lastSyncedAt },
  { title: "AUDIENCE", of: ({ audienceId }) => audienceId }
]

const list = Command.make(
  "list",
  {
    ...pagingFlags,
    archived: Flag.Boolean("archived").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription("Those that were removed")
    )
  },
  Effect.fn("syncSources.list")(function* ({ archived, ...paging }) {
    const { syncSources } = yield* AudiencesClient
    yield* printPaged(
      paging,
      (page) => syncSources.list({ query: { ...page, ...(archived ? { archived } : {}) } }),
      columns,
      "No sync sources."
    )
  })
).pipe(
  Command.withDescription("List the lists elsewhere that audiences are kept equal to"),
  Command.withExamples([{ command: "audiences sync-sources list", description: "Of all audiences" }])
)

const show = Command.make(
  "show",
  { source: syncSourceArgument },
  Effect.fn("syncSources.show")(function* ({ source }) {
    const { syncSources } = yield* AudiencesClient
    yield* printRecord(yield* syncSources.get({ params: { id: source } }))
  })
).pipe(
  Command.withDescription("Show a sync source, and how its latest sync went"),
  Command.withExamples([
    {
      command: "audiences sync-sources show 01984a3e-7c10-7a80-9d10-3c5f6d0c2f77",
      description: "How its latest sync went"
    }
  ])
)

const add = Command.make(
  "add",
  {
    audience: audienceArgument,
    source: Argument.String("source").pipe(Argument.withDescription("Vendor and kind, such as klaviyo:list")),
    list: Argument.String("list").pipe(Argument.withDescription("The vendor's own id of the list"))
  },
  Effect.fn("syncSources.add")(function* ({ audience, list, source }) {
    const { syncSources } = yield* AudiencesClient
    const payload = yield* decodeBody(SyncSourceCreate, {
      audienceId: audience,
      syncSource: source,
      syncSourceId: list
    })
    yield* printRecord(yield* syncSources.add({ payload }))
  })
).pipe(
  Command.withDescription("Give a SYNCED_LIST that has none a source"),
  Command.withExamples([
    {
      command: "audiences sync-sources add 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 klaviyo:list Y6nRLr",
      description: "A list at Klaviyo; `audiences integrations lists klaviyo` shows their ids"
    }
  ])
)

const remove = Command.make(
  "remove",
  { source: syncSourceArgument },
  Effect.fn("syncSources.remove")(function* ({ source }) {
    yield* confirm(`Remove the sync source ${source}?`)
    const { syncSources } = yield* AudiencesClient
    yield* printRecord(yield* syncSources.remove({ params: { id: source } }))
  })
).pipe(
  Command.withDescription("Remove a sync source; its audience keeps its members as they are"),
  Command.withExamples([
    {
      command: "audiences sync-sources remove 01984a3e-7c10-7a80-9d10-3c5f6d0c2f77 --yes",
      description: "In a script, where nobody is asked"
    }
  ])
)

export const syncSources = Command.make("sync-sources").pipe(
  Command.withDescription("Sync sources: the lists elsewhere that audiences are kept equal to"),
  Command.withSubcommands([served(list), served(show), served(add), served(remove)])
)

import { Effect, Schema, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { AudienceId } from "@audiences/domain/AudienceId"
import { columns as audienceColumns } from "../audiences/columns.ts"
import { confirm } from "../confirmation/Confirmation.ts"
import { served } from "../connection/Server.ts"
import { columns as consumerColumns } from "../consumers/columns.ts"
import { groupArgument } from "../Ids.ts"
import { printList } from "../output/Output.ts"
import { optionalKey, pagingFlags, printPaged } from "../Paging.ts"
import { rfm } from "./rfm/rfm.ts"
import { tiers } from "./tiers/tiers.ts"

const show = Command.make(
  "show",
  { group: groupArgument },
  Effect.fn("groups.show")(function* ({ group }) {
    const { groups } = yield* AudiencesClient
    const found = yield* groups.get({ params: { groupId: group } })
    yield* printList(Stream.fromIterable(found), audienceColumns, "No audiences.")
  })
).pipe(
  Command.withDescription("List the audiences of a group, oldest first"),
  Command.withExamples([
    { command: "audiences groups show 01984a3e-7c10-7a80-9d10-3c5f6d0c2f66", description: "Its audiences" }
  ])
)

const members = Command.make(
  "members",
  {
    group: groupArgument,
    ...pagingFlags,
    audience: Flag.String("audience").pipe(
      Flag.filterMap(Schema.decodeUnknownOption(AudienceId), () => "Expected the id of an audience"),
      Flag.optional,
      Flag.withMetavar("id"),
      Flag.withDescription("Only of this audience of the group")
    )
  },
  Effect.fn("groups.members")(function* ({ audience, group, ...paging }) {
    const { groups } = yield* AudiencesClient
    yield* printPaged(
      paging,
      (page) =>
        groups.members({ params: { groupId: group }, query: { ...page, ...optionalKey("audienceId", audience) } }),
      consumerColumns,
      "No members."
    )
  })
).pipe(
  Command.withDescription("List the members of all audiences of a group, each once"),
  Command.withExamples([
    {
      command: "audiences groups members 01984a3e-7c10-7a80-9d10-3c5f6d0c2f66 --all --csv > members.csv",
      description: "All members into a file"
    }
  ])
)

const archive = Command.make(
  "archive",
  { group: groupArgument },
  Effect.fn("groups.archive")(function* ({ group }) {
    yield* confirm(`Archive every audience of the group ${group}, for good?`)
    const { groups } = yield* AudiencesClient
    const archived = yield* groups.archive({ params: { groupId: group } })
    yield* printList(Stream.fromIterable(archived), audienceColumns, "No audiences.")
  })
).pipe(
  Command.withDescription("Archive every audience of a group, for good"),
  Command.withExamples([
    {
      command: "audiences groups archive 01984a3e-7c10-7a80-9d10-3c5f6d0c2f66 --yes",
      description: "In a script, where nobody is asked"
    }
  ])
)

export const groups = Command.make("groups").pipe(
  Command.withDescription("Audiences that belong together, such as the tiers of a programme"),
  Command.withSubcommands([served(show), served(members), served(archive), tiers, rfm])
)

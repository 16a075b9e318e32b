import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { ConsumerSort } from "@audiences/domain/Consumer"
import { SortDirection } from "@audiences/domain/Page"
import { optionalKey, pagingFlags, printPaged } from "../Paging.ts"
import { columns } from "./columns.ts"

export const list = Command.make(
  "list",
  {
    ...pagingFlags,
    search: Flag.String("search").pipe(
      Flag.optional,
      Flag.withDescription("Part of a name, email or phone, two characters or more")
    ),
    audience: Flag.String("audience").pipe(Flag.optional, Flag.withDescription("Members of the audience of this id")),
    archived: Flag.Boolean("archived").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription("The archived ones")
    ),
    sort: Flag.Literals("sort", ConsumerSort.literals).pipe(
      Flag.optional,
      Flag.withDescription("Newest first unless given")
    ),
    direction: Flag.Literals("direction", SortDirection.literals).pipe(
      Flag.optional,
      Flag.withDescription("Of the sorting")
    )
  },
  Effect.fn("consumers.list")(function* ({ archived, audience, direction, search, sort, ...paging }) {
    const { consumers } = yield* AudiencesClient
    yield* printPaged(
      paging,
      (page) =>
        consumers.list({
          query: {
            ...page,
            ...optionalKey("search", search),
            ...optionalKey("audienceId", audience),
            ...optionalKey("sortBy", sort),
            ...optionalKey("sortDir", direction),
            ...(archived ? { archived } : {})
          }
        }),
      columns,
      "No consumers."
    )
  })
).pipe(
  Command.withDescription("List consumers, newest first"),
  Command.withExamples([
    {
      command: "audiences consumers list --sort ltv --direction desc --limit 10",
      description: "The ten who spent most"
    }
  ])
)

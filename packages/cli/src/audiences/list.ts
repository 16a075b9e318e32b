import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { AudienceSort } from "@audiences/domain/Audience"
import { SortDirection } from "@audiences/domain/Page"
import { optionalKey, pagingFlags, printPaged } from "../Paging.ts"
import { columns } from "./columns.ts"
import { typeFlag } from "./typeFlag.ts"

export const list = Command.make(
  "list",
  {
    ...pagingFlags,
    search: Flag.String("search").pipe(Flag.optional, Flag.withDescription("Part of the name, two characters or more")),
    type: typeFlag.pipe(Flag.optional),
    archived: Flag.Boolean("archived").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription("The archived ones")
    ),
    sort: Flag.Literals("sort", AudienceSort.literals).pipe(
      Flag.optional,
      Flag.withDescription("Newest first unless given")
    ),
    direction: Flag.Literals("direction", SortDirection.literals).pipe(
      Flag.optional,
      Flag.withDescription("Of the sorting")
    )
  },
  Effect.fn("audiences.list")(function* ({ archived, direction, search, sort, type, ...paging }) {
    const { audiences } = yield* AudiencesClient
    yield* printPaged(
      paging,
      (page) =>
        audiences.list({
          query: {
            ...page,
            ...optionalKey("search", search),
            ...optionalKey("type", type),
            ...optionalKey("sortBy", sort),
            ...optionalKey("sortDir", direction),
            ...(archived ? { archived } : {})
          }
        }),
      columns,
      "No audiences."
    )
  })
).pipe(
  Command.withDescription("List audiences, newest first"),
  Command.withExamples([
    { command: "audiences list --search vip", description: 'Those with "vip" in their name' },
    { command: "audiences list --all --json | jq -r .name", description: "The names of all, for a script" }
  ])
)

import { Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { columns } from "../consumers/columns.ts"
import { audienceArgument } from "../Ids.ts"
import { pagingFlags, printPaged } from "../Paging.ts"
import { add } from "./add.ts"
import { remove } from "./remove.ts"

export const members = Command.make(
  "members",
  {
    audience: audienceArgument,
    ...pagingFlags,
    at: Flag.Int("at").pipe(
      Flag.filter(
        (version) => version >= 1,
        () => "Expected the number of a version, 1 or more"
      ),
      Flag.optional,
      Flag.withMetavar("version"),
      Flag.withDescription("As of this version; `audiences history` lists them")
    )
  },
  Effect.fn("members.list")(function* ({ at, audience, ...paging }) {
    const { members, versions } = yield* AudiencesClient
    yield* printPaged(
      paging,
      (query) =>
        Option.isSome(at)
          ? versions.members({ params: { audienceId: audience, version: at.value }, query })
          : members.list({ params: { audienceId: audience }, query }),
      columns,
      "No members."
    )
  })
).pipe(
  Command.withDescription("List the members of an audience, or change those of a STATIC_LIST"),
  Command.withExamples([
    {
      command: "audiences members 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 --all --json > members.ndjson",
      description: "All members into a file"
    }
  ]),
  Command.withSubcommands([add, remove])
)

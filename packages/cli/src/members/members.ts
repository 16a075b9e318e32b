import { Effect } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { columns } from "../consumers/columns.ts"
import { audienceArgument } from "../Ids.ts"
import { pagingFlags, printPaged } from "../Paging.ts"
import { add } from "./add.ts"
import { remove } from "./remove.ts"

export const members = Command.make(
  "members",
  { audience: audienceArgument, ...pagingFlags },
  Effect.fn("members.list")(function* ({ audience, ...paging }) {
    const { members } = yield* AudiencesClient
    yield* printPaged(
      paging,
      (page) => members.list({ params: { audienceId: audience }, query: page }),
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

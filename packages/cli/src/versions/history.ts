import { Effect } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { AudienceVersion } from "@audiences/domain/AudienceVersion"
import { audienceArgument } from "../Ids.ts"
import type { Shown } from "../output/Output.ts"
import { pagingFlags, printPaged } from "../Paging.ts"

const columns: ReadonlyArray<Shown<AudienceVersion>> = [
  { title: "VERSION", align: "right", of: ({ version }) => version },
  { title: "AT", of: ({ publishedAt }) => publishedAt },
  { title: "ENTERED", align: "right", of: ({ enteredCount }) => enteredCount },
  { title: "LEFT", align: "right", of: ({ leftCount }) => leftCount },
  { title: "MEMBERS", align: "right", of: ({ memberCount }) => memberCount },
  { title: "CAUSE", shrinks: true, of: ({ cause }) => cause }
]

export const history = Command.make(
  "history",
  { audience: audienceArgument, ...pagingFlags },
  Effect.fn("versions.history")(function* ({ audience, ...paging }) {
    const { versions } = yield* AudiencesClient
    yield* printPaged(
      paging,
      ({ after, first }) =>
        Effect.map(
          versions.history({
            params: { audienceId: audience },
            query: { first, ...(after === undefined ? {} : { before: Number(after) }) }
          }),
          ({ data, nextBefore }) => ({
            data,
            pageInfo: { startCursor: null, endCursor: nextBefore === null ? null : String(nextBefore) }
          })
        ),
      columns,
      "No versions."
    )
  })
).pipe(
  Command.withDescription("List what entered and left an audience, when and why, newest first"),
  Command.withExamples([
    {
      command: "audiences history 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 --limit 10",
      description: "The ten latest changes"
    }
  ])
)

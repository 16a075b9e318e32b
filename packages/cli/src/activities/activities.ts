import { Effect } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { type Activity, ActivityInput } from "@audiences/domain/Activity"
import { decodeBody, jsonArgument, readJson } from "../audiences/payload.ts"
import { served } from "../connection/Server.ts"
import { consumerArgument } from "../Ids.ts"
import { printRecord, type Shown } from "../output/Output.ts"
import { pagingFlags, printPaged } from "../Paging.ts"

const columns: ReadonlyArray<Shown<Activity>> = [
  { title: "AT", of: ({ timestamp }) => timestamp },
  { title: "TYPE", of: ({ type }) => type },
  { title: "STATUS", of: ({ status }) => status },
  { title: "PRODUCT", shrinks: true, of: ({ productName }) => productName },
  { title: "EXPERIENCE", shrinks: true, of: ({ experienceName }) => experienceName },
  { title: "ID", of: ({ id }) => id }
]

const list = Command.make(
  "list",
  { consumer: consumerArgument, ...pagingFlags },
  Effect.fn("activities.list")(function* ({ consumer, ...paging }) {
    const { history } = yield* AudiencesClient
    yield* printPaged(
      paging,
      (query) =>
        Effect.map(history.timeline({ params: { id: consumer }, query }), ({ activities, nextCursor }) => ({
          data: activities,
          pageInfo: { startCursor: null, endCursor: nextCursor ?? null }
        })),
      columns,
      "No activities."
    )
  })
).pipe(
  Command.withDescription("List what a consumer did, the latest first"),
  Command.withExamples([
    {
      command: "audiences activities list 01984a3e-7c10-7a80-9d10-3c5f6d0c2f22 --limit 20",
      description: "The twenty latest"
    }
  ])
)

const add = Command.make(
  "add",
  { consumer: consumerArgument, activity: jsonArgument("activity", "What happened, as a JSON object") },
  Effect.fn("activities.add")(function* ({ activity, consumer }) {
    const payload = yield* decodeBody(ActivityInput, yield* readJson("activity", activity, "The activity"))
    const { history } = yield* AudiencesClient
    yield* printRecord(yield* history.addActivity({ params: { id: consumer }, payload }))
  })
).pipe(
  Command.withDescription("Record an activity; the same id again changes nothing"),
  Command.withExamples([
    {
      command: `audiences activities add 01984a3e-7c10-7a80-9d10-3c5f6d0c2f22 '{"type":"MESSAGE","status":"SENT","channelType":"EMAIL","template":"welcome"}'`,
      description: "A message that was sent"
    }
  ])
)

export const activities = Command.make("activities").pipe(
  Command.withDescription("What consumers did, and what was done for them"),
  Command.withSubcommands([served(list), served(add)])
)

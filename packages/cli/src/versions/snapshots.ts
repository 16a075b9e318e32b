import { Effect, Stream } from "effect"
import { Argument, Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { type Snapshot, SnapshotCreate } from "@audiences/domain/AudienceVersion"
import { decodeBody } from "../audiences/payload.ts"
import { served } from "../connection/Server.ts"
import { audienceArgument } from "../Ids.ts"
import { printList, printRecord, type Shown } from "../output/Output.ts"

const columns: ReadonlyArray<Shown<Snapshot>> = [
  { title: "NAME", shrinks: true, of: ({ name }) => name },
  { title: "VERSION", align: "right", of: ({ version }) => version },
  { title: "MEMBERS", align: "right", of: ({ memberCount }) => memberCount },
  { title: "CREATED", of: ({ createdAt }) => createdAt },
  { title: "BY", shrinks: true, of: ({ createdBy }) => createdBy }
]

const list = Command.make(
  "list",
  { audience: audienceArgument },
  Effect.fn("snapshots.list")(function* ({ audience }) {
    const { versions } = yield* AudiencesClient
    const found = yield* versions.snapshots({ params: { audienceId: audience } })
    yield* printList(Stream.fromIterable(found), columns, "No snapshots.")
  })
).pipe(
  Command.withDescription("List the snapshots of an audience, newest first"),
  Command.withExamples([
    { command: "audiences snapshots list 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11", description: "Those of one audience" }
  ])
)

const create = Command.make(
  "create",
  {
    audience: audienceArgument,
    name: Argument.String("name").pipe(Argument.withDescription("Name, no other snapshot of the audience has it"))
  },
  Effect.fn("snapshots.create")(function* ({ audience, name }) {
    const { versions } = yield* AudiencesClient
    const payload = yield* decodeBody(SnapshotCreate, { name })
    yield* printRecord(yield* versions.snapshot({ params: { audienceId: audience }, payload }))
  })
).pipe(
  Command.withDescription("Keep the present membership under a name, for good"),
  Command.withExamples([
    {
      command: 'audiences snapshots create 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 "Spring campaign"',
      description: "Who was written to; `audiences members … --at <version>` lists them later"
    }
  ])
)

export const snapshots = Command.make("snapshots").pipe(
  Command.withDescription("Memberships that are kept under a name"),
  Command.withSubcommands([served(list), served(create)])
)

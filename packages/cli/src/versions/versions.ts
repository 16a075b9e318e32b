import { Effect, Option, Schema, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { type VolatileDay, volatilityQuery } from "@audiences/domain/AudienceVersion"
import { decodeBody } from "../audiences/payload.ts"
import { served } from "../connection/Server.ts"
import { audienceArgument } from "../Ids.ts"
import { asTable, printList, printRecord, type Shown } from "../output/Output.ts"
import { optionalKey } from "../Paging.ts"

const show = Command.make(
  "show",
  {
    audience: audienceArgument,
    version: Argument.Int("version").pipe(
      Argument.filter(
        (version) => version >= 1,
        () => "Expected the number of a version, 1 or more"
      ),
      Argument.withDescription("Number of a version; `audiences history` lists them")
    )
  },
  Effect.fn("versions.show")(function* ({ audience, version }) {
    const { versions } = yield* AudiencesClient
    yield* printRecord(yield* versions.get({ params: { audienceId: audience, version } }))
  })
).pipe(
  Command.withDescription("Show a version: who came and went with it, and why"),
  Command.withExamples([
    { command: "audiences versions show 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 7", description: "The seventh" }
  ])
)

const dayColumns: ReadonlyArray<Shown<VolatileDay>> = [
  { title: "DAY", of: ({ day }) => day },
  { title: "ENTERED", align: "right", of: ({ entered }) => entered },
  { title: "LEFT", align: "right", of: ({ left }) => left },
  { title: "MEMBERS", align: "right", of: ({ memberCount }) => memberCount },
  { title: "VOLATILITY", align: "right", of: ({ volatility }) => `${(100 * volatility).toFixed(1)}%` }
]

const volatility = Command.make(
  "volatility",
  {
    audience: audienceArgument,
    days: Flag.Int("days").pipe(
      Flag.optional,
      Flag.withDescription("Days to look at, today among them, 1 to 30; 30 unless given")
    )
  },
  Effect.fn("versions.volatility")(function* ({ audience, days }) {
    const query = yield* decodeBody(Schema.Struct(volatilityQuery), optionalKey("days", Option.map(days, String)))
    const { versions } = yield* AudiencesClient
    const found = yield* versions.volatility({ params: { audienceId: audience }, query })
    if (!(yield* asTable)) return yield* printRecord(found)
    yield* printRecord({ days: found.days, perDay: found.perDay })
    yield* printList(Stream.fromIterable(found.data), dayColumns, "Nobody came or went.")
  })
).pipe(
  Command.withDescription("Show how much a membership moves from day to day"),
  Command.withExamples([
    {
      command: "audiences versions volatility 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 --days 7",
      description: "Over a week"
    }
  ])
)

export const versions = Command.make("versions").pipe(
  Command.withDescription("Versions of a membership, and how much it moves"),
  Command.withSubcommands([served(show), served(volatility)])
)

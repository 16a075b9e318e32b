import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { type LoyaltyTransaction, LoyaltyTransactionInput, LoyaltyTxnType } from "@audiences/domain/LoyaltyTransaction"
import { decodeBody, jsonSource, readJson } from "../audiences/payload.ts"
import { served } from "../connection/Server.ts"
import { consumerArgument } from "../Ids.ts"
import { printRecord, type Shown } from "../output/Output.ts"
import { optionalKey, pagingFlags, printPaged } from "../Paging.ts"

const columns: ReadonlyArray<Shown<LoyaltyTransaction>> = [
  { title: "AT", of: ({ occurredAt }) => occurredAt },
  { title: "TYPE", of: ({ txnType }) => txnType },
  { title: "POINTS", align: "right", of: ({ pointsDelta }) => pointsDelta },
  { title: "EXPIRES", of: ({ bucketExpiresOn }) => bucketExpiresOn },
  { title: "SOURCE", shrinks: true, of: ({ sourceDescription, sourceType }) => sourceDescription ?? sourceType },
  { title: "ID", of: ({ id }) => id }
]

const list = Command.make(
  "list",
  { consumer: consumerArgument, ...pagingFlags },
  Effect.fn("loyalty.list")(function* ({ consumer, ...paging }) {
    const { history } = yield* AudiencesClient
    yield* printPaged(
      paging,
      (query) =>
        Effect.map(
          history.loyaltyTransactions({ params: { id: consumer }, query }),
          ({ nextCursor, transactions }) => ({
            data: transactions,
            pageInfo: { startCursor: null, endCursor: nextCursor }
          })
        ),
      columns,
      "No transactions."
    )
  })
).pipe(
  Command.withDescription("List how a consumer's loyalty points moved, the latest first"),
  Command.withExamples([
    { command: "audiences loyalty list 01984a3e-7c10-7a80-9d10-3c5f6d0c2f22", description: "The fifty latest" }
  ])
)

const textFlag = (name: string, what: string) => Flag.String(name).pipe(Flag.optional, Flag.withDescription(what))

const add = Command.make(
  "add",
  {
    consumer: consumerArgument,
    points: Argument.Int("points").pipe(
      Argument.withDescription("Points gained; spent or lost ones are negative, after --")
    ),
    type: Flag.Literals("type", LoyaltyTxnType.literals).pipe(
      Flag.optional,
      Flag.withDescription("Why they moved; earn or redeem, by the sign, unless given")
    ),
    id: textFlag("id", "An id of your own, under which the transaction is recorded once"),
    at: textFlag("at", "When; now unless given"),
    expires: textFlag("expires", "Day from which points gained here are gone, such as 2026-12-31"),
    source: textFlag("source", "Kind of the source, such as order"),
    description: textFlag("description", "What it was"),
    metadata: jsonSource("metadata", "A JSON object kept with the transaction")
  },
  Effect.fn("loyalty.add")(function* ({ consumer, points, ...flags }) {
    const payload = yield* decodeBody(LoyaltyTransactionInput, {
      txnType: Option.getOrElse(flags.type, () => (points < 0 ? "redeem" : "earn")),
      pointsDelta: points,
      ...optionalKey("id", flags.id),
      ...optionalKey("occurredAt", flags.at),
      ...optionalKey("bucketExpiresOn", flags.expires),
      ...optionalKey("sourceType", flags.source),
      ...optionalKey("sourceDescription", flags.description),
      ...(Option.isSome(flags.metadata) ? { metadata: yield* readJson("metadata", flags.metadata.value) } : {})
    })
    const { history } = yield* AudiencesClient
    yield* printRecord(yield* history.addLoyaltyTransaction({ params: { id: consumer }, payload }))
  })
).pipe(
  Command.withDescription("Move loyalty points; the same id again changes nothing"),
  Command.withExamples([
    {
      command: "audiences loyalty add 01984a3e-7c10-7a80-9d10-3c5f6d0c2f22 250 --expires 2026-12-31",
      description: "Points that were earned"
    },
    {
      command: "audiences loyalty add 01984a3e-7c10-7a80-9d10-3c5f6d0c2f22 -- -100",
      description: "Points that were spent"
    }
  ])
)

export const loyalty = Command.make("loyalty").pipe(
  Command.withDescription("Loyalty points: how those of a consumer moved"),
  Command.withSubcommands([served(list), served(add)])
)

import { Effect, Stream } from "effect"
import { Argument, Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { maxOrderBatchSize, type Order, OrdersBatch } from "@audiences/domain/Order"
import { decodeBody } from "../audiences/payload.ts"
import { readBatchFile } from "../batches/BatchFile.ts"
import { writePieces } from "../batches/Pieces.ts"
import { served } from "../connection/Server.ts"
import { fileImports } from "../imports/fileImports.ts"
import { importFile } from "../imports/importFile.ts"
import { note, printList, type Shown } from "../output/Output.ts"
import { Progress } from "../output/Progress.ts"

const columns: ReadonlyArray<Shown<Order>> = [
  { title: "ORDER", shrinks: true, of: ({ orderId }) => orderId },
  { title: "CONSUMER", of: ({ consumerId }) => consumerId },
  { title: "ORDERED", of: ({ orderedAt }) => orderedAt },
  { title: "TOTAL", align: "right", of: ({ total }) => total },
  { title: "RESULT", of: ({ result }) => result }
]

const writePiece = Effect.fnUntraced(function* (piece: ReadonlyArray<unknown>) {
  const { orders } = yield* AudiencesClient
  return (yield* orders.batch({ payload: yield* decodeBody(OrdersBatch, { orders: piece }) })).orders
})

const batch = Command.make(
  "batch",
  {
    file: Argument.String("file").pipe(
      Argument.withDescription("JSON array or one JSON object per line; - for standard input")
    )
  },
  Effect.fn("orders.batch")(function* ({ file }) {
    const found = yield* readBatchFile(file, "orders")
    const written = yield* writePieces(found, {
      nouns: "orders",
      size: maxOrderBatchSize,
      again: "the same orderId replaces an order",
      write: writePiece
    })
    yield* printList(Stream.fromIterable(written), columns, "No orders.")
    yield* note(`${written.length} orders written.`)
  }, Effect.provide(Progress.layer))
).pipe(
  Command.withDescription(`Record orders, in pieces of ${maxOrderBatchSize}`),
  Command.withExamples([
    {
      command: `echo '{"orderId":"A-1","email":"ada@example.com","orderedAt":"2026-01-31","total":"19.90"}' | audiences orders batch -`,
      description: "One order"
    }
  ])
)

const fromFile = importFile(
  { _tag: "Orders" },
  {
    description: "Import orders from a CSV file, one a line: orderId, orderedAt, total and email, phone or externalId",
    example:
      "audiences orders import invoices.csv --watch --mapping invoice=orderId --mapping invoice_date=orderedAt --mapping customer_id=externalId --mapping total_price=total"
  }
)

export const orders = Command.make("orders").pipe(
  Command.withDescription("What consumers bought"),
  Command.withSubcommands([served(batch), served(fromFile), fileImports({ _tag: "Orders" })])
)

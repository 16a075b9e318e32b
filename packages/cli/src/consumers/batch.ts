import { Effect, Stream } from "effect"
import { Argument, Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { ConsumersCreate, maxBatchSize } from "@audiences/domain/Consumer"
import { decodeBody } from "../audiences/payload.ts"
import { readBatchFile } from "../batches/BatchFile.ts"
import { writePieces } from "../batches/Pieces.ts"
import { note, printList } from "../output/Output.ts"
import { Progress } from "../output/Progress.ts"
import { columns } from "./columns.ts"

const writePiece = Effect.fnUntraced(function* (piece: ReadonlyArray<unknown>) {
  const { consumers } = yield* AudiencesClient
  return yield* consumers.batch({ payload: yield* decodeBody(ConsumersCreate, { consumers: piece }) })
})

export const batch = Command.make(
  "batch",
  {
    file: Argument.String("file").pipe(
      Argument.withDescription("JSON array or one JSON object per line; - for standard input")
    )
  },
  Effect.fn("consumers.batch")(function* ({ file }) {
    const found = yield* readBatchFile(file, "consumers")
    const written = yield* writePieces(found, {
      nouns: "consumers",
      size: maxBatchSize,
      again: "consumers are matched, not doubled",
      write: writePiece
    })
    yield* printList(Stream.fromIterable(written), columns, "No consumers.")
    yield* note(`${written.length} consumers written.`)
  }, Effect.provide(Progress.layer))
).pipe(
  Command.withDescription(`Create or update consumers, in pieces of ${maxBatchSize}`),
  Command.withExamples([{ command: "audiences consumers batch people.ndjson", description: "From a file" }])
)

import { Effect, Stream } from "effect"
import { Argument, Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { type Consumer, ConsumersCreate, maxBatchSize } from "@audiences/domain/Consumer"
import { ValidationError } from "@audiences/domain/ValidationError"
import { decodeBody } from "../audiences/payload.ts"
import { note, printList } from "../output/Output.ts"
import { Progress } from "../output/Progress.ts"
import { readUserFile, standardInput } from "../UserFile.ts"
import { UsageError } from "../UsageError.ts"
import { columns } from "./columns.ts"
import { parseConsumers } from "./ConsumerFile.ts"

/** Counts from the start of the file, not of the piece. */
const shifted = (error: ValidationError, offset: number): ValidationError =>
  new ValidationError({
    issues: error.issues.map((issue) => ({
      ...issue,
      path: issue.path.map((item, i) =>
        i === 1 && typeof item.key === "number" ? { ...item, key: item.key + offset } : item
      )
    }))
  })

/** Writes one piece, all or none. */
const writePiece = Effect.fnUntraced(
  function* (piece: ReadonlyArray<unknown>, _offset: number) {
    const { consumers } = yield* AudiencesClient
    const payload = yield* decodeBody(ConsumersCreate, { consumers: piece })
    return yield* consumers.batch({ payload })
  },
  (effect, _piece, offset) =>
    effect.pipe(
      Effect.catchTag("ValidationError", (error) => Effect.fail(shifted(error, offset))),
      Effect.tapError(() =>
        offset === 0
          ? Effect.void
          : note(
              `The first ${offset} consumers are written; the others are not. The file may be sent again: consumers are matched, not doubled.`
            )
      )
    )
)

const writeAll = Effect.fnUntraced(function* (found: ReadonlyArray<unknown>) {
  const progress = yield* Progress
  const written: Array<Consumer> = []
  for (let offset = 0; offset < found.length; offset += maxBatchSize) {
    yield* progress.show({
      label: "Writing",
      percent: (100 * offset) / found.length,
      details: [`${offset} of ${found.length}`]
    })
    written.push(
      ...(yield* Effect.onError(writePiece(found.slice(offset, offset + maxBatchSize), offset), () => progress.end))
    )
  }
  yield* progress.end
  return written
})

export const batch = Command.make(
  "batch",
  {
    file: Argument.String("file").pipe(
      Argument.withDescription("JSON array or one JSON object per line; - for standard input")
    )
  },
  Effect.fn("consumers.batch")(function* ({ file }) {
    const found = yield* parseConsumers(yield* readUserFile(file), file === standardInput ? "standard input" : file)
    if (found.length === 0) return yield* new UsageError({ message: `There are no consumers in ${file}.` })
    const written = yield* Effect.provide(writeAll(found), Progress.layer)
    yield* printList(Stream.fromIterable(written), columns, "No consumers.")
    yield* note(`${written.length} consumers written.`)
  })
).pipe(
  Command.withDescription(`Create or update consumers, in pieces of ${maxBatchSize}`),
  Command.withExamples([{ command: "audiences consumers batch people.ndjson", description: "From a file" }])
)

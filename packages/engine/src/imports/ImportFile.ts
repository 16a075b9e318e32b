import { Effect, Result, Stream } from "effect"
import { unguardCell } from "../exports/SpreadsheetCell.ts"
import { ConsumerCsv, isBlank } from "./ConsumerCsv.ts"
import { type CsvRecord, csvRecords } from "./CsvRecords.ts"
import { FileRefused } from "./FileRefused.ts"
import type { ImportChunk } from "./ImportRepo.ts"

const emptyFile = new FileRefused({
  line: 1,
  message: "The file is empty: it must have a header that names the columns."
})

const tooMany = (maxRows: number, line: number) =>
  new FileRefused({
    line,
    message: `The file has more than ${maxRows} rows. Split it and import the parts one after the other.`
  })

const columns = (header: CsvRecord): Effect.Effect<ConsumerCsv, FileRefused> =>
  Effect.try({
    try: () => new ConsumerCsv(header),
    catch: (error) => {
      if (error instanceof FileRefused) return error
      throw error
    }
  })

/** The records of a file that are rows or the header, with its bytes that were read by then. */
const records = <E>(bytes: Stream.Stream<Uint8Array, E>) => {
  let read = 0
  return csvRecords(Stream.tap(bytes, (piece) => Effect.sync(() => (read += piece.length)))).pipe(
    Stream.filter((record) => !isBlank(record)),
    Stream.map((record) => ({ record, read }))
  )
}

/**
 * The data rows of a file behind the first `start`, in chunks that are the same however often one begins anew at their borders. Fails
 * when the file as a whole is none.
 */
export const chunks = <E>(
  bytes: Stream.Stream<Uint8Array, E>,
  options: {
    readonly start: number
    readonly chunkRows: number
    readonly maxRows: number
    readonly spreadsheet: boolean
  }
): Stream.Stream<ImportChunk, E | FileRefused> =>
  Stream.suspend(() => {
    const { chunkRows, maxRows, spreadsheet, start } = options
    let csv: ConsumerCsv | undefined
    let seen = 0
    const taken = Stream.mapArrayEffect(records(bytes), (some) =>
      Effect.gen(function* () {
        csv ??= yield* columns(some[0].record)
        seen += some.length
        if (seen - 1 > maxRows) return yield* tooMany(maxRows, some[some.length - 1]!.record.line)
        return some
      })
    )
    let next = start
    return taken.pipe(
      Stream.drop(1 + start),
      // Read as they come, not a chunk at a time: what else the process does must not wait for so many.
      Stream.map(({ record, read }) => ({
        row: Result.merge(csv!.row(spreadsheet ? { ...record, cells: record.cells.map(unguardCell) } : record)),
        read
      })),
      Stream.grouped(chunkRows),
      Stream.map((some): ImportChunk => {
        const chunk = { start: next, rows: some.map(({ row }) => row), bytes: some[some.length - 1]!.read }
        next += some.length
        return chunk
      }),
      Stream.concat(Stream.suspend(() => (seen === 0 ? Stream.fail(emptyFile) : Stream.empty)))
    )
  })

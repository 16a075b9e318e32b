import { Effect, Result, Stream } from "effect"
import { unguardCell } from "../exports/SpreadsheetCell.ts"
import { ConsumerCsv, type ImportedRow, isBlank, type RejectedRow } from "./ConsumerCsv.ts"
import { type CsvRecord, csvRecords } from "./CsvRecords.ts"
import { FileRefused } from "./FileRefused.ts"
import type { ImportChunk } from "./ImportRepo.ts"

const emptyFile = new FileRefused({
  line: 1,
  message: "The file is empty: it must have a header that names the columns."
})

/** The records that are rows or the header. */
const records = <E>(bytes: Stream.Stream<Uint8Array, E>) =>
  Stream.filter(csvRecords(bytes), (record) => !isBlank(record))

const columns = (header: CsvRecord): Effect.Effect<ConsumerCsv, FileRefused> =>
  Effect.try({
    try: () => new ConsumerCsv(header),
    catch: (error) => {
      if (error instanceof FileRefused) return error
      throw error
    }
  })

/**
 * Reads a whole file without keeping any of it: is it a CSV of consumers from end to end? Returns the number of its data rows.
 * What no row is to blame for is thus found before the first one is written.
 */
export const countRows = <E>(
  bytes: Stream.Stream<Uint8Array, E>,
  maxRows: number
): Effect.Effect<number, E | FileRefused> =>
  Effect.gen(function* () {
    let seen = 0
    yield* Stream.runForEachArray(records(bytes), (some) =>
      Effect.gen(function* () {
        if (seen === 0) yield* columns(some[0])
        seen += some.length
        if (seen - 1 > maxRows) {
          return yield* new FileRefused({
            line: some[some.length - 1]!.line,
            message: `The file has more than ${maxRows} rows. Split it and import the parts one after the other.`
          })
        }
      })
    )
    return seen === 0 ? yield* emptyFile : seen - 1
  })

const chunkOf = (start: number, rows: ReadonlyArray<Result.Result<ImportedRow, RejectedRow>>): ImportChunk => ({
  start,
  rows: rows.flatMap((row) => (Result.isSuccess(row) ? [row.success] : [])),
  rejected: rows.flatMap((row) => (Result.isFailure(row) ? [row.failure] : []))
})

/** The data rows of a file behind the first `start`, in chunks that are the same however often one begins anew at their borders. */
export const chunks = <E>(
  bytes: Stream.Stream<Uint8Array, E>,
  start: number,
  chunkRows: number,
  spreadsheet = false
): Stream.Stream<ImportChunk, E | FileRefused> =>
  Stream.suspend(() => {
    let csv: ConsumerCsv | undefined
    let next = start
    const rows = Stream.mapArrayEffect(records(bytes), (some) =>
      csv === undefined ? Effect.map(columns(some[0]), (made) => ((csv = made), some)) : Effect.succeed(some)
    )
    return rows.pipe(
      Stream.drop(1 + start),
      // Read as they come, not a chunk at a time: what else the process does must not wait for so many.
      Stream.map((record) => csv!.row(spreadsheet ? { ...record, cells: record.cells.map(unguardCell) } : record)),
      Stream.grouped(chunkRows),
      Stream.map((some) => {
        const chunk = chunkOf(next, some)
        next += some.length
        return chunk
      })
    )
  })

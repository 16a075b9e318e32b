import type { ColumnMapping } from "@audiences/domain/ColumnMapping"
import { Effect, Result, Stream } from "effect"
import { unguardCell } from "../exports/SpreadsheetCell.ts"
import { ConsumerCsv, type ImportedRow, isBlank, type RejectedRow } from "./ConsumerCsv.ts"
import { type CsvRecord, csvRecords } from "./CsvRecords.ts"
import { FileRefused } from "./FileRefused.ts"
import type { FileKind, ImportChunk } from "./ImportRepo.ts"
import { OrderCsv, type OrderRow } from "./OrderCsv.ts"

export interface FileReading {
  /** Data rows that are passed over. */
  readonly start: number
  readonly chunkRows: number
  readonly maxRows: number
  readonly spreadsheet: boolean
  readonly kind: FileKind
  readonly mapping: ColumnMapping | null
}

const emptyFile = new FileRefused({
  line: 1,
  message: "The file is empty: it must have a header that names the columns."
})

const tooMany = (maxRows: number, line: number) =>
  new FileRefused({
    line,
    message: `The file has more than ${maxRows} rows. Split it and import the parts one after the other.`
  })

/** Reads the rows of one file, by its header. */
const reader = (
  header: CsvRecord,
  { kind, mapping }: Pick<FileReading, "kind" | "mapping">
): Effect.Effect<ConsumerCsv | OrderCsv, FileRefused> =>
  Effect.try({
    try: () => new (kind === "orders" ? OrderCsv : ConsumerCsv)(header, mapping ?? undefined),
    catch: (error) => {
      if (error instanceof FileRefused) return error
      throw error
    }
  })

const readRow = (csv: ConsumerCsv | OrderCsv, record: CsvRecord): ImportChunk["rows"][number] => {
  const row: Result.Result<ImportedRow | OrderRow, RejectedRow> = csv.row(record)
  return Result.merge(row)
}

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
  options: FileReading
): Stream.Stream<ImportChunk, E | FileRefused> =>
  Stream.suspend(() => {
    const { chunkRows, maxRows, spreadsheet, start } = options
    let csv: ConsumerCsv | OrderCsv | undefined
    let seen = 0
    const taken = Stream.mapArrayEffect(records(bytes), (some) =>
      Effect.gen(function* () {
        csv ??= yield* reader(some[0].record, options)
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
        row: readRow(csv!, spreadsheet ? { ...record, cells: record.cells.map(unguardCell) } : record),
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

import type { ColumnMapping } from "@audiences/domain/ColumnMapping"
import { Effect, Result, Stream } from "effect"
import { unguardCell } from "../../exports/SpreadsheetCell.ts"
import { ConsumerCsv, type ImportedRow, isBlank, type RejectedRow } from "../rows/ConsumerCsv.ts"
import { type CsvRecord, csvRecords } from "../csv/CsvRecords.ts"
import { FileRefused } from "../FileRefused.ts"
import type { FileKind, ImportChunk } from "../ImportRepo.ts"
import { OrderCsv, type OrderRow } from "../rows/OrderCsv.ts"

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

/** What reads the rows of one file, by its header. Throws `FileRefused`. */
const reader = (header: CsvRecord, { kind, mapping }: FileReading): ConsumerCsv | OrderCsv =>
  new (kind === "orders" ? OrderCsv : ConsumerCsv)(header, mapping ?? undefined)

/** Gathers the rows of one file into chunks. */
class Chunks {
  readonly #options: FileReading
  #csv: ConsumerCsv | OrderCsv | undefined
  /** Records so far, with the header. */
  #seen = 0
  #start: number
  #rows: Array<ImportChunk["rows"][number]> = []

  constructor(options: FileReading) {
    this.#options = options
    this.#start = options.start
  }

  /** The chunks that are complete with these records. Throws `FileRefused`. */
  push(records: ReadonlyArray<CsvRecord>, bytes: number): ReadonlyArray<ImportChunk> {
    const { chunkRows, maxRows, start } = this.#options
    const chunks: Array<ImportChunk> = []
    for (const record of records) {
      if (isBlank(record)) continue
      if (this.#csv === undefined) this.#csv = reader(record, this.#options)
      else if (this.#seen > start) this.#rows.push(this.#read(this.#csv, record))
      if (this.#seen++ > maxRows) throw tooMany(maxRows, record.line)
      if (this.#rows.length === chunkRows) chunks.push(...this.#taken(bytes))
    }
    return chunks
  }

  end(bytes: number): ReadonlyArray<ImportChunk> {
    if (this.#seen === 0) throw emptyFile
    return this.#taken(bytes)
  }

  #read(csv: ConsumerCsv | OrderCsv, record: CsvRecord): ImportChunk["rows"][number] {
    const row: Result.Result<ImportedRow | OrderRow, RejectedRow> = csv.row(
      this.#options.spreadsheet ? { ...record, cells: record.cells.map(unguardCell) } : record
    )
    return Result.merge(row)
  }

  #taken(bytes: number): ReadonlyArray<ImportChunk> {
    const rows = this.#rows
    if (rows.length === 0) return []
    const chunk = { start: this.#start, rows, bytes }
    this.#start += rows.length
    this.#rows = []
    return [chunk]
  }
}

const refusedOrDefect = (error: unknown): FileRefused => {
  if (error instanceof FileRefused) return error
  throw error
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
    const gathered = new Chunks(options)
    let read = 0
    const counted = Stream.tap(bytes, (piece) => Effect.sync(() => (read += piece.length)))
    return csvRecords(counted).pipe(
      // Rows are read as they come, not a chunk at a time: what else the process does must not wait for so many.
      Stream.mapAccumArrayEffect(
        () => gathered,
        (_, records) =>
          Effect.try({ try: () => [gathered, gathered.push(records, read)] as const, catch: refusedOrDefect })
      ),
      Stream.concat(Stream.fromIterableEffect(Effect.try({ try: () => gathered.end(read), catch: refusedOrDefect })))
    )
  })

import { Effect, Stream } from "effect"
import { type CsvError, Parser } from "csv-parse"
import { CsvBytes } from "./CsvBytes.ts"
import { detectDelimiter } from "./CsvDelimiter.ts"
import { FileRefused } from "../FileRefused.ts"

export interface CsvRecord {
  /** Where the record begins, as an editor counts lines: the header is in line 1. */
  readonly line: number
  readonly cells: ReadonlyArray<string>
}

/** Characters of one record. A quote that is never closed would otherwise gather the rest of the file. */
const maxRecordCharacters = 1_048_576

const lineBreak = /\r\n|\n|\r/g

const breaksIn = (cells: ReadonlyArray<string>): number => {
  let count = 0
  for (const cell of cells) {
    if (cell.includes("\n") || cell.includes("\r")) count += cell.match(lineBreak)!.length
  }
  return count
}

class CsvReader {
  readonly #bytes = new CsvBytes()
  #head: Uint8Array = new Uint8Array()
  #parser: Parser | undefined
  #nextLine = 1
  #records: Array<CsvRecord> = []

  /** The records that are complete with this piece. Throws `FileRefused`. */
  push(piece: Uint8Array): ReadonlyArray<CsvRecord> {
    this.#feed(this.#bytes.next(piece), false)
    return this.#taken()
  }

  async end(): Promise<ReadonlyArray<CsvRecord>> {
    this.#feed(this.#bytes.end(), true)
    const parser = this.#parser!
    await new Promise<void>((resolve) => {
      parser.once("close", resolve)
      parser.resume()
      parser.end()
    })
    this.#check()
    return this.#taken()
  }

  #taken(): ReadonlyArray<CsvRecord> {
    const records = this.#records
    this.#records = []
    return records
  }

  #feed(bytes: Uint8Array, isEnd: boolean): void {
    if (this.#parser === undefined) {
      this.#head = Buffer.concat([this.#head, bytes])
      const delimiter = detectDelimiter(this.#head, isEnd || this.#head.length > maxRecordCharacters)
      if (delimiter === undefined) return
      this.#parser = this.#open(delimiter)
      this.#parser.write(this.#head)
      this.#head = new Uint8Array()
    } else if (bytes.length > 0) {
      this.#parser.write(bytes)
    }
    this.#check()
  }

  #open(delimiter: string): Parser {
    const parser = new Parser({
      delimiter,
      bom: true,
      record_delimiter: ["\r\n", "\n", "\r"],
      // A row of another length is the row's fault, not the file's.
      relax_column_count: true,
      // A quote inside a cell that does not begin with one is text: `6" pipe`.
      relax_quotes: true,
      max_record_size: maxRecordCharacters,
      // Taken here, at once, rather than through the stream's own buffer. csv-parse's count of lines is not an editor's: it takes
      // CRLF inside quotes for two.
      on_record: (cells: ReadonlyArray<string>) => {
        this.#records.push({ line: this.#nextLine, cells })
        this.#nextLine += 1 + breaksIn(cells)
        return null
      }
    })
    // Read from `errored`; without a listener it would end the process.
    parser.on("error", () => {})
    return parser
  }

  #check(): void {
    const error = this.#parser!.errored as CsvError | null
    if (error === null) return
    const line = this.#nextLine
    switch (error.code) {
      case "CSV_QUOTE_NOT_CLOSED":
        throw new FileRefused({ line, message: `A quote that is opened in the row at line ${line} is never closed.` })
      case "CSV_MAX_RECORD_SIZE":
        throw new FileRefused({
          line,
          message: `The row at line ${line} is longer than ${maxRecordCharacters} characters. Perhaps a quote that is opened there is never closed.`
        })
      default:
        throw new FileRefused({ line, message: `The row at line ${line} cannot be read: ${error.message}` })
    }
  }
}

const refusedOrDefect = (error: unknown): FileRefused => {
  if (error instanceof FileRefused) return error
  throw error
}

/**
 * The records of a CSV file in UTF-8: quotes as RFC 4180 has them, with line breaks inside; lines end in LF, CRLF or CR; a byte order
 * mark is skipped; comma, semicolon or tab, whichever the first line is parted by. A blank line is a record of one empty cell.
 */
export const csvRecords = <E, R>(
  bytes: Stream.Stream<Uint8Array, E, R>
): Stream.Stream<CsvRecord, E | FileRefused, R> =>
  Stream.suspend(() => {
    const reader = new CsvReader()
    return bytes.pipe(
      Stream.mapAccumArrayEffect(
        () => reader,
        (_, pieces) =>
          Effect.try({
            try: () => [reader, pieces.flatMap((piece) => reader.push(piece))] as const,
            catch: refusedOrDefect
          })
      ),
      Stream.concat(Stream.fromIterableEffect(Effect.tryPromise({ try: () => reader.end(), catch: refusedOrDefect })))
    )
  })

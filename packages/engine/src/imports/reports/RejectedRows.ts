import type { Import } from "@audiences/domain/Import"
import { Effect, Stream } from "effect"
import { errorColumn } from "../rows/ErrorColumn.ts"
import { detectDelimiter } from "../csv/CsvDelimiter.ts"
import { type CsvRecord, csvRecords } from "../csv/CsvRecords.ts"
import { isBlank } from "../rows/ConsumerCsv.ts"
import { type FileForm, ImportReportRepo } from "./ImportReportRepo.ts"
import { UploadStore } from "../uploads/UploadStore.ts"

/** Finds the delimiter of a file while its first bytes go by. */
class DelimiterProbe {
  #head: Uint8Array = new Uint8Array()
  #found: string | undefined

  see(piece: Uint8Array): void {
    if (this.#found !== undefined) return
    this.#head = Buffer.concat([this.#head, piece])
    this.#found = detectDelimiter(this.#head, false)
  }

  get delimiter(): string {
    return this.#found ?? ","
  }
}

/** A file that is itself a report has the column already: what it says is of the import before. */
const withoutReasons = (header: ReadonlyArray<string>) => {
  const at = header.findIndex((name) => name.trim() === errorColumn)
  return (cells: ReadonlyArray<string>): ReadonlyArray<string> => (at === -1 ? cells : cells.filter((_, i) => i !== at))
}

/**
 * Keeps the cells of every rejected row, as they stand in the uploaded file, which is read once more for it up to the last of them.
 * Rows that were taken cost nothing more, and why a row is rejected may be found anywhere. Idempotent.
 */
export const keepRejectedRows = Effect.fnUntraced(
  function* ({ id, organizationId }: Pick<Import, "id" | "organizationId">, s3Key: string) {
    const repo = yield* ImportReportRepo
    const store = yield* UploadStore
    const last = yield* repo.lastRejected(organizationId, id)
    if (last === null) return
    const probe = new DelimiterProbe()
    let bare: ((cells: ReadonlyArray<string>) => ReadonlyArray<string>) | undefined
    const open = (header: CsvRecord) => {
      bare = withoutReasons(header.cells)
      const form: FileForm = { header: bare(header.cells), delimiter: probe.delimiter }
      return repo.keepForm(organizationId, id, form)
    }
    const bytes = Stream.tap(store.read(s3Key), (piece) => Effect.sync(() => probe.see(piece)))
    yield* csvRecords(bytes).pipe(
      Stream.filter((record) => !isBlank(record)),
      Stream.takeWhile(({ line }) => line <= last),
      Stream.runForEachArray((some) =>
        Effect.gen(function* () {
          if (bare === undefined) yield* open(some[0])
          const rejected = yield* repo.rejectedLines(organizationId, id, some[0].line, some.at(-1)!.line)
          const rows = some.flatMap(({ cells, line }) => (rejected.has(line) ? [{ line, cells: bare!(cells) }] : []))
          if (rows.length > 0) yield* repo.keepRows(organizationId, id, rows)
        })
      )
    )
  },
  // What the file was refused for has been told; a file that is gone cannot be told from.
  Effect.catchTags({ FileRefused: () => Effect.void, UploadMissing: () => Effect.void })
)

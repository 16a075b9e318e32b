import type { ImportId } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, Effect, Layer, Stream } from "effect"
import type { RejectedRow } from "../rows/ConsumerCsv.ts"
import { chunks } from "./ImportFile.ts"
import type { FileRefused } from "../FileRefused.ts"
import { ImportLimits, maxStagedChunk } from "../ImportLimits.ts"
import type { Advance, ImportChunk, ImportStanding } from "../ImportRepo.ts"
import { ImportRowRepo } from "./ImportRowRepo.ts"
import { refusedRow } from "../reports/RefusedRow.ts"

export interface StagedFile {
  /** Data rows of the file that are staged, those of earlier runs too. */
  readonly rows: number
  /** `stopped`: not all of the file's are. */
  readonly advance: Advance
}

/** A file that is to be staged. */
export interface UnstagedFile {
  readonly organizationId: OrganizationId
  readonly id: ImportId
  readonly standing: ImportStanding
}

/** Stages a chunk; a row that the database does not take is looked for by halves, and is rejected. */
const stageChunk = (file: UnstagedFile, chunk: ImportChunk): Effect.Effect<Advance, never, ImportRowRepo> =>
  Effect.flatMap(ImportRowRepo, (repo) => repo.stage(file.organizationId, file.id, chunk)).pipe(
    Effect.catchTag("ChunkRefused", (refused) => {
      const { bytes, rows, start } = chunk
      if (rows.length === 1) {
        if ("issues" in rows[0]!) return Effect.die(refused)
        const row: RejectedRow = { line: rows[0]!.line, issues: [refusedRow(refused)] }
        return stageChunk(file, { bytes, rows: [row], start })
      }
      const half = rows.length >> 1
      return Effect.flatMap(stageChunk(file, { bytes, rows: rows.slice(0, half), start }), (advance) =>
        advance === "stopped"
          ? Effect.succeed(advance)
          : stageChunk(file, { bytes, rows: rows.slice(half), start: start + half })
      )
    })
  )

/** Reads the rows of a file that are not staged yet, and stages them. */
export const stageRows = Effect.fnUntraced(function* <E>(file: UnstagedFile, bytes: Stream.Stream<Uint8Array, E>) {
  const { kind, mapping, spreadsheet, stagedRows } = file.standing
  const { chunkRows, maxRows } = yield* ImportLimits
  return yield* chunks(bytes, {
    start: stagedRows,
    chunkRows: Math.min(chunkRows, maxStagedChunk),
    maxRows,
    spreadsheet,
    kind,
    mapping
  }).pipe(
    // The next chunk is read while the database takes this one.
    Stream.buffer({ capacity: 1 }),
    Stream.mapEffect((chunk) =>
      Effect.map(stageChunk(file, chunk), (advance) => ({ advance, rows: chunk.start + chunk.rows.length }))
    ),
    Stream.takeUntil(({ advance }) => advance === "stopped"),
    Stream.runFold(
      (): StagedFile => ({ advance: "advanced", rows: stagedRows }),
      (_, each) => each
    )
  )
})

/** Where the rows of files are read and staged. */
export class FileStaging extends Context.Service<
  FileStaging,
  {
    /** Goes on behind the rows that are staged already; `bytes` are those of the whole file. */
    readonly stage: <E>(
      file: UnstagedFile,
      bytes: Stream.Stream<Uint8Array, E>
    ) => Effect.Effect<StagedFile, E | FileRefused>
  }
>()("@audiences/engine/FileStaging") {
  /** Right here, beside all else that the process does. */
  static readonly layer = Layer.effect(
    this,
    Effect.map(ImportRowRepo, (repo) =>
      FileStaging.of({
        stage: (file, bytes) => Effect.provideService(stageRows(file, bytes), ImportRowRepo, repo)
      })
    )
  )
}

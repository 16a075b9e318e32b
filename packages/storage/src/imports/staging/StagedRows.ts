import type { FileKind, ImportChunk } from "@audiences/engine/imports/ImportRepo"
import type { PoolClient } from "pg"
import { from } from "pg-copy-streams"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { columnTexts, filledColumns } from "../ConsumerColumns.ts"
import { storable } from "../reports/ImportErrors.ts"
import type { ImportKey } from "../ImportKey.ts"
import { orderColumnNames, orderTexts } from "../OrderRows.ts"

const special = /[\\\t\n\r]/g
const escapes: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" }

/** A value in the text format of COPY. */
const copied = (text: string | null): string =>
  text === null ? "\\N" : text.replace(special, (character) => escapes[character]!)

/** Characters that are sent in one piece. */
const pieceLength = 1 << 16

/** Where the rows of a chunk are staged. */
interface StagedColumns {
  readonly table: string
  readonly names: ReadonlyArray<string>
  /** What a row has in these columns; null: it was not read. */
  readonly texts: (row: ImportChunk["rows"][number]) => ReadonlyArray<string | null> | null
}

const stagedColumns = ({ rows }: ImportChunk, kind: FileKind): StagedColumns => {
  if (kind === "orders") {
    const texts: StagedColumns["texts"] = (row) => ("orderId" in row ? orderTexts(row) : null)
    return { table: "order_import_rows", names: orderColumnNames, texts }
  }
  const given = filledColumns(rows.flatMap((row) => ("patch" in row ? [row.patch] : [])))
  return {
    table: "import_rows",
    names: given.map(({ name }) => name),
    texts: (row) => ("patch" in row ? columnTexts(given, row.patch) : null)
  }
}

/** The lines that COPY takes, in pieces. */
function* copyLines(
  { organizationId, id }: ImportKey,
  { rows, start }: ImportChunk,
  { names, texts }: StagedColumns
): Generator<string> {
  let piece = ""
  const blank = "\t\\N".repeat(names.length)
  for (const [i, row] of rows.entries()) {
    piece += `${organizationId}\t${id}\t${start + i + 1}\t${row.line}\t`
    const told = texts(row)
    if (told === null) piece += `${"issues" in row ? copied(storable(row.issues)) : "\\N"}${blank}\n`
    else {
      piece += "\\N"
      for (const text of told) piece += `\t${copied(text)}`
      piece += "\n"
    }
    if (piece.length > pieceLength) {
      yield piece
      piece = ""
    }
  }
  yield piece
}

/**
 * Copies a chunk into the staged rows. False, and nothing written, when the import does not stand where it begins. To be run in a
 * transaction.
 */
export const copyChunk = async (client: PoolClient, key: ImportKey, chunk: ImportChunk): Promise<boolean> => {
  const { rows: found } = await client.query<{ staged: string; kind: FileKind }>(
    `SELECT staged_rows AS staged, kind FROM imports
    WHERE organization_id = $1::uuid AND id = $2::uuid AND status = 'PROCESSING' FOR NO KEY UPDATE`,
    [key.organizationId, key.id]
  )
  if (found.length === 0 || Number(found[0]!.staged) !== chunk.start) return false
  const columns = stagedColumns(chunk, found[0]!.kind)
  const { names, table } = columns
  const into = ["organization_id", "import_id", "row_number", "line", "issues", ...names].join(", ")
  await pipeline(
    Readable.from(copyLines(key, chunk, columns)),
    client.query(from(`COPY ${table} (${into}) FROM STDIN`))
  )
  await client.query(
    `UPDATE imports SET staged_rows = staged_rows + $3::int, staged_bytes = greatest(staged_bytes, $4::bigint), attempts = 0,
      staged_columns = ARRAY(SELECT unnest(staged_columns) UNION SELECT unnest($5::text[])), updated_at = clock_timestamp()
    WHERE organization_id = $1::uuid AND id = $2::uuid`,
    [key.organizationId, key.id, chunk.rows.length, chunk.bytes, names]
  )
  return true
}

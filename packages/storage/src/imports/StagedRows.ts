import type { ConsumerPatch } from "@audiences/engine/consumers/ConsumerPatch"
import type { FileKind, ImportChunk } from "@audiences/engine/imports/ImportRepo"
import type { PoolClient } from "pg"
import { from } from "pg-copy-streams"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { consumerColumns } from "./ConsumerColumns.ts"
import { storable } from "./ImportErrors.ts"
import type { ImportKey } from "./ImportKey.ts"
import { orderValues } from "./OrderRows.ts"

const special = /[\\\t\n\r]/g
const escapes: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" }

/** A value in the text format of COPY. */
const copied = (text: string | null): string =>
  text === null ? "\\N" : text.replace(special, (character) => escapes[character]!)

/** Characters that are sent in one piece. */
const pieceLength = 1 << 16

/** The lines that COPY takes, in pieces. */
function* copyLines(
  { organizationId, id }: ImportKey,
  { rows, start }: ImportChunk,
  values: ReadonlyArray<ReadonlyArray<string | null>>
): Generator<string> {
  let piece = ""
  let accepted = 0
  const blank = "\t\\N".repeat(values.length)
  for (const [i, row] of rows.entries()) {
    piece += `${organizationId}\t${id}\t${start + i + 1}\t${row.line}\t`
    if ("issues" in row) piece += copied(storable(row.issues)) + blank
    else {
      piece += "\\N"
      for (const column of values) piece += `\t${copied(column[accepted]!)}`
      accepted++
    }
    piece += "\n"
    if (piece.length > pieceLength) {
      yield piece
      piece = ""
    }
  }
  yield piece
}

/** Where the rows of a chunk are staged, and what those that were read say, a list of values for each column. */
const stagedValues = ({ rows }: ImportChunk, kind: FileKind) => {
  if (kind === "orders") {
    return { table: "order_import_rows", ...orderValues(rows.flatMap((row) => ("orderId" in row ? [row] : []))) }
  }
  const patches = rows.flatMap((row): ReadonlyArray<ConsumerPatch> => ("patch" in row ? [row.patch] : []))
  const { given, values } = consumerColumns(patches)
  return { table: "import_rows", names: given.map(({ name }) => name), values }
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
  const { names, table, values } = stagedValues(chunk, found[0]!.kind)
  const into = ["organization_id", "import_id", "row_number", "line", "issues", ...names].join(", ")
  await pipeline(Readable.from(copyLines(key, chunk, values)), client.query(from(`COPY ${table} (${into}) FROM STDIN`)))
  await client.query(
    `UPDATE imports SET staged_rows = staged_rows + $3::int, staged_bytes = greatest(staged_bytes, $4::bigint), attempts = 0,
      staged_columns = ARRAY(SELECT unnest(staged_columns) UNION SELECT unnest($5::text[])), updated_at = clock_timestamp()
    WHERE organization_id = $1::uuid AND id = $2::uuid`,
    [key.organizationId, key.id, chunk.rows.length, chunk.bytes, names]
  )
  return true
}

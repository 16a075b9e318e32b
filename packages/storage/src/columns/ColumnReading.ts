import type { OrganizationId } from "@audiences/domain/Organization"
import type { Column } from "@audiences/engine/columns/Column"
import { escapeLiteral, type Client, type PoolClient } from "pg"
import { copyOut } from "./BinaryCopy.ts"
import type { CellReader } from "./ColumnCells.ts"
import { columnSql } from "./ColumnSql.ts"

/** The signature, flags and length of extension that the binary format begins with. */
const headBytes = 19
const signature = Buffer.from("PGCOPY\n\xff\r\n\0", "latin1")

export const inBlock = (block: number): string => `ordinal >= ${block * 65_536} AND ordinal < ${(block + 1) * 65_536}`
export const among = (ordinals: Iterable<number>): string => `ordinal = ANY('{${[...ordinals].join(",")}}'::int[])`

/** Reads columns of the consumers that a condition selects. `readersOf` is asked for the readers of each, in the order of the columns. */
export const readColumns = async (
  client: Client | PoolClient,
  organizationId: OrganizationId,
  columns: ReadonlyArray<Column>,
  where: string,
  readersOf: (ordinal: number) => ReadonlyArray<CellReader | undefined>
): Promise<void> => {
  const expressions = columns.map((column) => columnSql(column).expression)
  const query = `SELECT ${["ordinal", ...expressions].join(", ")} FROM consumers WHERE organization_id = ${escapeLiteral(organizationId)}::uuid AND ${where}`
  await copyOut(client, query, (bytes) => {
    let at = bytes.subarray(0, signature.length).equals(signature) ? headBytes : 0
    // Behind the last row stands −1, in a message of its own.
    if (bytes.length < at + 2 || bytes.readInt16BE(at) < 0) return
    const ordinal = bytes.readInt32BE(at + 6)
    at += 10
    const readers = readersOf(ordinal)
    for (let i = 0; i < columns.length; i++) {
      const length = bytes.readInt32BE(at)
      at += 4
      readers[i]?.read(ordinal & 65_535, bytes, at, length)
      if (length > 0) at += length
    }
  })
}

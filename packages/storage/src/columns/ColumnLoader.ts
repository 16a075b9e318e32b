import type { OrganizationId } from "@audiences/domain/Organization"
import { changesWith } from "@audiences/engine/columns/Column"
import { blockOf } from "@audiences/engine/memberships/Block"
import type { Pool, PoolClient } from "pg"
import { type Change, changesSince, feedHead } from "./ChangedConsumers.ts"
import { cellReader, type CellReader } from "./ColumnCells.ts"
import type { ColumnMemory } from "./ColumnMemory.ts"
import { among, inBlock, readColumns } from "./ColumnReading.ts"
import type { LoadedColumn } from "./LoadedColumn.ts"

/** Where reading a block as a whole is less work than reading so many of its consumers one by one. */
const mostPatched = 4096
/** Blocks whose consumers are read in one go. */
const blocksAtOnce = 64

/** Runs in a snapshot of the database, at one position of the change feed. */
export const inSnapshot = async <A>(pool: Pool, run: (client: PoolClient) => Promise<A>): Promise<A> => {
  const client = await pool.connect()
  let failed = true
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    const result = await run(client)
    await client.query("COMMIT")
    failed = false
    return result
  } finally {
    // A connection with a transaction that failed is not used again.
    client.release(failed)
  }
}

const readersOf = (columns: ReadonlyArray<LoadedColumn>) => columns.map(({ column }) => cellReader(column))

/** Fills columns that are empty, as of one snapshot. */
export const loadColumns = (
  pool: Pool,
  memory: ColumnMemory,
  organizationId: OrganizationId,
  columns: ReadonlyArray<LoadedColumn>
): Promise<void> =>
  inSnapshot(pool, async (client) => {
    const head = await feedHead(client, organizationId)
    const { rows } = await client.query<{ last: number | null }>(
      "SELECT max(ordinal) AS last FROM consumers WHERE organization_id = $1::uuid",
      [organizationId]
    )
    const blockCount = rows[0]?.last == null ? 0 : blockOf(rows[0].last) + 1
    const read = async (block: number) => {
      const readers = readersOf(columns)
      let found = false
      await readColumns(
        client,
        organizationId,
        columns.map(({ column }) => column),
        inBlock(block),
        () => {
          found = true
          return readers
        }
      )
      return { block, readers, found }
    }
    let next = blockCount === 0 ? undefined : read(0)
    while (next !== undefined) {
      const { block, found, readers } = await next
      // PostgreSQL reads the next block while this one is encoded.
      next = block + 1 < blockCount ? read(block + 1) : undefined
      next?.catch(() => undefined)
      if (found) columns.forEach((column, i) => memory.put(column, block, readers[i]!.build()))
    }
    for (const column of columns) column.position = head
  })

/** Of a column, by block, the consumers whose values may be others by now. */
type Touched = ReadonlyMap<number, ReadonlySet<number>>

const touchedOf = (loaded: LoadedColumn, changes: ReadonlyArray<Change>): Touched => {
  const touched = new Map<number, Set<number>>()
  for (const { fields, ordinals, position } of changes) {
    if (position <= loaded.position || !changesWith(loaded.column, fields)) continue
    for (const ordinal of ordinals) {
      const block = blockOf(ordinal)
      const those = touched.get(block)
      if (those === undefined) touched.set(block, new Set([ordinal]))
      else those.add(ordinal)
    }
  }
  return touched
}

interface Patch {
  readonly loaded: LoadedColumn
  readonly touched: Touched
}

/** Reads the consumers of some blocks whose values are others, and puts new chunks in the place of the old. */
const patchBlocks = async (
  client: PoolClient,
  memory: ColumnMemory,
  organizationId: OrganizationId,
  patches: ReadonlyArray<Patch>,
  blocks: ReadonlyArray<number>,
  whole: boolean
): Promise<void> => {
  const readers = new Map<number, ReadonlyArray<CellReader | undefined>>()
  const those = new Set<number>()
  for (const block of blocks) {
    const ofBlock = patches.map(({ loaded, touched }) => {
      const ordinals = touched.get(block)
      if (ordinals === undefined) return undefined
      const reader = cellReader(loaded.column, whole ? undefined : loaded.chunk(block))
      for (const ordinal of ordinals) {
        those.add(ordinal)
        // Until it is found, there is nobody.
        if (loaded.column._tag === "Live" && !whole) reader.read(ordinal & 65_535, empty, 0, -1)
      }
      return reader
    })
    readers.set(block, ofBlock)
  }
  const columns = patches.map(({ loaded }) => loaded.column)
  const where = whole ? blocks.map(inBlock).join(" OR ") : among(those)
  await readColumns(client, organizationId, columns, `(${where})`, (ordinal) => readers.get(blockOf(ordinal)) ?? [])
  for (const [block, ofBlock] of readers)
    ofBlock.forEach((reader, i) => {
      if (reader !== undefined) memory.put(patches[i]!.loaded, block, reader.build())
    })
}

const empty = Buffer.alloc(0)

/** Brings loaded columns up to the feed's head. False: they must be loaded anew. */
const applyChanges = async (
  client: PoolClient,
  memory: ColumnMemory,
  organizationId: OrganizationId,
  columns: ReadonlyArray<LoadedColumn>
): Promise<boolean> => {
  const head = await feedHead(client, organizationId)
  const since = Math.min(...columns.map(({ position }) => position))
  const changes = await changesSince(client, organizationId, since, head)
  if (changes === undefined) return false
  const patches = columns
    .map((loaded) => ({ loaded, touched: touchedOf(loaded, changes) }))
    .filter(({ touched }) => touched.size > 0)
  const blocks = [...new Set(patches.flatMap(({ touched }) => [...touched.keys()]))].sort((a, b) => a - b)
  const isWhole = (block: number) => patches.some(({ touched }) => (touched.get(block)?.size ?? 0) > mostPatched)
  for (const block of blocks.filter(isWhole)) await patchBlocks(client, memory, organizationId, patches, [block], true)
  const patched = blocks.filter((block) => !isWhole(block))
  for (let i = 0; i < patched.length; i += blocksAtOnce)
    await patchBlocks(client, memory, organizationId, patches, patched.slice(i, i + blocksAtOnce), false)
  for (const column of columns) column.position = head
  return true
}

/** Brings loaded columns up to what is committed by now. False: they must be loaded anew. */
export const followChanges = async (
  pool: Pool,
  memory: ColumnMemory,
  organizationId: OrganizationId,
  columns: ReadonlyArray<LoadedColumn>
): Promise<boolean> => {
  const client = await pool.connect()
  const head = await feedHead(client, organizationId).finally(() => client.release())
  if (columns.every(({ position }) => position === head)) return true
  return inSnapshot(pool, (snapshot) => applyChanges(snapshot, memory, organizationId, columns))
}

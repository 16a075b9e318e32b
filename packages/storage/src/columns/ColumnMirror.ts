import type { OrganizationId } from "@audiences/domain/Organization"
import { bytesOf, type Chunk } from "@audiences/engine/columns/Chunk"
import type { ColumnName } from "@audiences/engine/columns/Column"
import type { Dropped, NewChunk } from "./ColumnMessages.ts"

/** A chunk as this process knows it; ids are never given twice. */
export interface KnownChunk {
  readonly id: number
  readonly chunk: Chunk
  /** Another has taken its place, or its column is gone. */
  isOld: boolean
}

/** The chunks of one block that an evaluation takes. */
export interface BlockChunks {
  readonly block: number
  readonly chunks: ReadonlyArray<readonly [name: ColumnName, chunk: KnownChunk]>
}

type Columns = Map<ColumnName, Map<number, KnownChunk>>

/** What the loader has told of its columns. */
export class ColumnMirror {
  readonly #organizations = new Map<OrganizationId, Columns>()
  readonly #forget: (ids: ReadonlyArray<number>) => void
  #ids = 0

  /** `forget` is told of chunks that become old. */
  constructor(forget: (ids: ReadonlyArray<number>) => void) {
    this.#forget = forget
  }

  put(organizationId: OrganizationId, chunks: ReadonlyArray<NewChunk>): void {
    const columns: Columns = this.#organizations.get(organizationId) ?? new Map()
    this.#organizations.set(organizationId, columns)
    const replaced: Array<KnownChunk> = []
    for (const { block, chunk, name } of chunks) {
      const column = columns.get(name) ?? new Map<number, KnownChunk>()
      columns.set(name, column)
      const before = column.get(block)
      if (before !== undefined) replaced.push(before)
      column.set(block, { id: ++this.#ids, chunk, isOld: false })
    }
    this.#makeOld(replaced)
  }

  drop({ name, organizationId }: Dropped): void {
    const columns = this.#organizations.get(organizationId)
    this.#makeOld([...(columns?.get(name)?.values() ?? [])])
    columns?.delete(name)
    if (columns?.size === 0) this.#organizations.delete(organizationId)
  }

  clear(): void {
    for (const columns of this.#organizations.values())
      for (const column of columns.values()) this.#makeOld([...column.values()])
    this.#organizations.clear()
  }

  /** The blocks in which there is anybody, with the chunks of some columns as they are now. */
  blocks(organizationId: OrganizationId, names: ReadonlyArray<ColumnName>): ReadonlyArray<BlockChunks> {
    const columns = this.#organizations.get(organizationId)
    return [...(columns?.get("live")?.keys() ?? [])].map((block) => ({
      block,
      chunks: names.flatMap((name) => {
        const chunk = columns?.get(name)?.get(block)
        return chunk === undefined ? [] : [[name, chunk] as const]
      })
    }))
  }

  memory(organizationId: OrganizationId): ReadonlyMap<ColumnName, number> {
    const bytes = (column: ReadonlyMap<number, KnownChunk>) =>
      [...column.values()].reduce((sum, { chunk }) => sum + bytesOf(chunk), 0)
    return new Map(Array.from(this.#organizations.get(organizationId) ?? [], ([name, column]) => [name, bytes(column)]))
  }

  #makeOld(chunks: ReadonlyArray<KnownChunk>): void {
    if (chunks.length === 0) return
    for (const chunk of chunks) chunk.isOld = true
    this.#forget(chunks.map(({ id }) => id))
  }
}

import { bytesOf, type Chunk } from "@audiences/engine/columns/Chunk"
import type { Column } from "@audiences/engine/columns/Column"

/** A column of one organization, by block. */
export class LoadedColumn {
  readonly column: Column
  /** Every change up to this position of the feed is in it. */
  position = 0
  /** How many evaluations are about to use it: it must stay. */
  pins = 0
  /** Rises with use. */
  used = 0
  readonly #chunks = new Map<number, Chunk>()
  readonly #untold = new Set<number>()
  #bytes = 0

  constructor(column: Column) {
    this.column = column
  }

  get bytes(): number {
    return this.#bytes
  }

  chunk(block: number): Chunk | undefined {
    return this.#chunks.get(block)
  }

  /** Returns by how many bytes the column has grown. */
  put(block: number, chunk: Chunk): number {
    const before = this.#chunks.get(block)
    const growth = bytesOf(chunk) - (before === undefined ? 0 : bytesOf(before))
    this.#chunks.set(block, chunk)
    this.#untold.add(block)
    this.#bytes += growth
    return growth
  }

  /** The chunks that were put since it was called last. */
  takeUntold(): ReadonlyArray<readonly [block: number, chunk: Chunk]> {
    const told = [...this.#untold].flatMap((block) => {
      const chunk = this.#chunks.get(block)
      return chunk === undefined ? [] : [[block, chunk] as const]
    })
    this.#untold.clear()
    return told
  }
}

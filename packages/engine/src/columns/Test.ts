import type { Chunk, Words } from "./Chunk.ts"
import type { ColumnName } from "./Column.ts"

/** The chunks of one block. */
export type Chunks = ReadonlyMap<ColumnName, Chunk>

/** A condition made ready to be asked of blocks. */
export interface Test {
  /** How long asking takes, in about the nanoseconds per consumer. */
  readonly cost: (chunks: Chunks) => number
  /** Writes into `out` for whom of `among` it holds, and zeros for everybody else. The two are of one length, and not the same. */
  readonly scan: (chunks: Chunks, among: Words, out: Words) => void
}

/** The chunk of a column, which must be of a kind. */
export const chunkOf = <Kind extends Chunk["_tag"]>(
  chunks: Chunks,
  name: ColumnName,
  ...kinds: ReadonlyArray<Kind>
): Extract<Chunk, { readonly _tag: Kind }> => {
  const chunk = chunks.get(name)
  if (chunk !== undefined && kinds.some((kind) => kind === chunk._tag))
    return chunk as Extract<Chunk, { readonly _tag: Kind }>
  throw new Error(`The column ${name} holds ${chunk?._tag ?? "nothing"} in place of ${kinds.join(" or ")}`)
}

/** Whether it is faster to ask everybody of a word than only those who are asked about. */
export const isDense = (word: number): boolean => {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24 > 10
}

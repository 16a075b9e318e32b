import { blockSize } from "../memberships/Block.ts"
import { type AmountChunk, type BitChunk, type Chunk, type NumberChunk, placesFor } from "./Chunk.ts"
import { sharedDoubles, sharedUint32, sharedWords } from "./Shared.ts"

/** Gathers a column within a block: begins with nobody or with a chunk, and takes the values of consumers by their offsets. */
export interface ChunkBuilder<Value> {
  readonly set: (offset: number, value: Value) => void
  readonly build: () => Chunk
}

/** How many places a chunk needs: those that it had, or as many as the offsets that were named since ask for. */
export class Places {
  count: number

  constructor(count: number) {
    this.count = count
  }

  reach(offset: number): void {
    if (offset >= this.count) this.count = placesFor(offset)
  }
}

export const bitBuilder = (from?: BitChunk): ChunkBuilder<boolean> => {
  const words = new Int32Array(blockSize / 32)
  if (from !== undefined) words.set(from.words)
  const places = new Places((from?.words.length ?? 0) * 32)
  return {
    set: (offset, value) => {
      places.reach(offset)
      const bit = 1 << (offset & 31)
      if (value) words[offset >>> 5]! |= bit
      else words[offset >>> 5]! &= ~bit
    },
    build: () => {
      const shared = sharedWords(places.count)
      shared.set(words.subarray(0, shared.length))
      return { _tag: "Bits", words: shared }
    }
  }
}

/** NaN: there is none. */
export const numberBuilder = (from?: NumberChunk): ChunkBuilder<number> => {
  const values = new Float64Array(blockSize).fill(Number.NaN)
  if (from !== undefined) values.set(from.values)
  const places = new Places(from?.values.length ?? 0)
  return {
    set: (offset, value) => {
      places.reach(offset)
      values[offset] = value
    },
    build: () => {
      const shared = sharedDoubles(places.count)
      shared.set(values.subarray(0, places.count))
      return { _tag: "Numbers", values: shared }
    }
  }
}

/** `whole` + `fraction` · 10⁻⁸. */
export interface Amount {
  readonly whole: number
  readonly fraction: number
}

export const amountBuilder = (from?: AmountChunk): ChunkBuilder<Amount> => {
  const wholes = new Float64Array(blockSize)
  const fractions = new Uint32Array(blockSize)
  if (from !== undefined) {
    wholes.set(from.wholes)
    fractions.set(from.fractions)
  }
  const places = new Places(from?.wholes.length ?? 0)
  return {
    set: (offset, { fraction, whole }) => {
      places.reach(offset)
      wholes[offset] = whole
      fractions[offset] = fraction
    },
    build: () => {
      const shared = { wholes: sharedDoubles(places.count), fractions: sharedUint32(places.count) }
      shared.wholes.set(wholes.subarray(0, places.count))
      shared.fractions.set(fractions.subarray(0, places.count))
      return { _tag: "Amounts", ...shared }
    }
  }
}

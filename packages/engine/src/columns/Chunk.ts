/** One bit for each consumer, 32 in a word, the lowest first: on a little-endian machine the bytes of a `Block`. */
export type Words = Int32Array

export const isEmpty = (words: Words): boolean => {
  for (let w = 0; w < words.length; w++) if (words[w] !== 0) return false
  return true
}

/** Yes or no, for whom there is no third. */
export interface BitChunk {
  readonly _tag: "Bits"
  readonly words: Words
}

/** Numbers, and instants as milliseconds since 1970. NaN: there is none. */
export interface NumberChunk {
  readonly _tag: "Numbers"
  readonly values: Float64Array
}

/** Amounts, none of them missing or negative: `whole` + `fraction` · 10⁻⁸. */
export interface AmountChunk {
  readonly _tag: "Amounts"
  readonly wholes: Float64Array
  /** Below 10⁸. */
  readonly fractions: Uint32Array
}

/** Texts one after the other, in UTF-8: the i-th is `bytes` from `starts[i]` to `starts[i + 1]`. */
export interface Texts {
  readonly starts: Uint32Array
  readonly bytes: Uint8Array
}

/** A text for each consumer, for columns in which hardly two are the same. */
export interface RowTextChunk {
  readonly _tag: "RowTexts"
  readonly texts: Texts
  readonly missing: Words
}

/** What the codes of a `ValueChunk` begin with; behind them come its numbers, then its texts, then its lists. */
export const codes = { missing: 0, other: 1, false: 2, true: 3, firstNumber: 4 } as const

/** A code for each consumer, and what the codes stand for: each value that occurs, once. */
export interface ValueChunk {
  readonly _tag: "Values"
  readonly codes: Uint16Array | Uint32Array
  readonly numbers: Float64Array
  readonly texts: Texts
  /** The codes of the elements of the i-th list are `elements` from `listStarts[i]` to `listStarts[i + 1]`. */
  readonly listStarts: Uint32Array
  readonly elements: Uint32Array
}

/**
 * A column within a block of consumers, by their offsets, in memory that threads share; never changed once it is made. May end before
 * the block does: behind its end is nobody.
 */
export type Chunk = BitChunk | NumberChunk | AmountChunk | RowTextChunk | ValueChunk

/** Chunks grow by this many consumers. */
export const chunkStep = 1024

/** How many places a chunk has whose last consumer has this offset. */
export const placesFor = (lastOffset: number): number => (Math.floor(lastOffset / chunkStep) + 1) * chunkStep

const bytesOfTexts = ({ bytes, starts }: Texts): number => bytes.byteLength + starts.byteLength

/** The memory that a chunk takes. */
export const bytesOf = (chunk: Chunk): number => {
  switch (chunk._tag) {
    case "Bits":
      return chunk.words.byteLength
    case "Numbers":
      return chunk.values.byteLength
    case "Amounts":
      return chunk.wholes.byteLength + chunk.fractions.byteLength
    case "RowTexts":
      return bytesOfTexts(chunk.texts) + chunk.missing.byteLength
    case "Values":
      return (
        chunk.codes.byteLength +
        chunk.numbers.byteLength +
        bytesOfTexts(chunk.texts) +
        chunk.listStarts.byteLength +
        chunk.elements.byteLength
      )
  }
}

import { blockSize } from "../memberships/Block.ts"
import { ByteDictionary } from "./ByteDictionary.ts"
import { type Chunk, codes, type RowTextChunk, type Texts, type ValueChunk } from "./Chunk.ts"
import { Places } from "./ChunkBuilder.ts"
import { sharedBytes, sharedCodes, sharedDoubles, sharedUint32, sharedWords } from "./Shared.ts"

/** Where more than so many of those who have a text have one of their own, texts are kept one for each. */
const ownShare = 0.5

/** Gathers a column within a block from values in bytes. */
export interface ByteChunkBuilder {
  /** `length` bytes at `at`; −1: there is none. */
  readonly set: (offset: number, bytes: Uint8Array, at: number, length: number) => void
  readonly build: () => Chunk
}

/** Folded texts in UTF-8. */
export const textBuilder = (from?: RowTextChunk | ValueChunk): ByteChunkBuilder => {
  const dictionary = new ByteDictionary()
  /** The number of each one's text, and one; 0: there is none. */
  const rows = new Uint32Array(blockSize)
  const places = new Places(from === undefined ? 0 : copyRows(from, dictionary, rows))
  return {
    set: (offset, bytes, at, length) => {
      places.reach(offset)
      rows[offset] = length < 0 ? 0 : dictionary.add(bytes, at, length) + 1
    },
    build: () => {
      const placed = rows.subarray(0, places.count)
      const used = usedOf(placed, dictionary.size)
      return used.numbers.length > used.present * ownShare
        ? rowTexts(placed, dictionary.texts)
        : valuesOfTexts(placed, dictionary.texts, used)
    }
  }
}

const copyRows = (from: RowTextChunk | ValueChunk, dictionary: ByteDictionary, rows: Uint32Array): number => {
  const { bytes, starts } = from.texts
  const numbers = Array.from({ length: starts.length - 1 }, (_, i) =>
    dictionary.add(bytes, starts[i]!, starts[i + 1]! - starts[i]!)
  )
  if (from._tag === "RowTexts") {
    numbers.forEach((number, i) => (rows[i] = (from.missing[i >>> 5]! >>> (i & 31)) & 1 ? 0 : number + 1))
    return numbers.length
  }
  from.codes.forEach((code, i) => (rows[i] = code === codes.missing ? 0 : numbers[code - codes.firstNumber]! + 1))
  return from.codes.length
}

interface Used {
  /** The texts that are in use. */
  readonly numbers: ReadonlyArray<number>
  /** Of each text its place among them; −1: it is not. */
  readonly places: Int32Array
  /** How many have a text. */
  readonly present: number
}

const usedOf = (rows: Uint32Array, size: number): Used => {
  const places = new Int32Array(size).fill(-1)
  const numbers: Array<number> = []
  let present = 0
  for (const row of rows) {
    if (row === 0) continue
    present++
    if (places[row - 1] === -1) places[row - 1] = numbers.push(row - 1) - 1
  }
  return { numbers, places, present }
}

/** Some of the texts, in an order; −1: an empty one. */
export const pickTexts = ({ bytes, starts }: Texts, numbers: ArrayLike<number>): Texts => {
  const picked = sharedUint32(numbers.length + 1)
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i]!
    picked[i + 1] = picked[i]! + (number < 0 ? 0 : starts[number + 1]! - starts[number]!)
  }
  const shared = sharedBytes(picked[numbers.length]!)
  for (let i = 0; i < numbers.length; i++) {
    const start = picked[i]!
    const from = numbers[i]! < 0 ? 0 : starts[numbers[i]!]!
    for (let k = 0; k < picked[i + 1]! - start; k++) shared[start + k] = bytes[from + k]!
  }
  return { starts: picked, bytes: shared }
}

const rowTexts = (rows: Uint32Array, texts: Texts): RowTextChunk => {
  const missing = sharedWords(rows.length)
  rows.forEach((row, i) => {
    if (row === 0) missing[i >>> 5]! |= 1 << (i & 31)
  })
  return {
    _tag: "RowTexts",
    texts: pickTexts(
      texts,
      Int32Array.from(rows, (row) => row - 1)
    ),
    missing
  }
}

const valuesOfTexts = (rows: Uint32Array, texts: Texts, { numbers, places }: Used): ValueChunk => {
  const rowCodes = sharedCodes(rows.length, codes.firstNumber + numbers.length)
  rows.forEach((row, i) => (rowCodes[i] = row === 0 ? codes.missing : codes.firstNumber + places[row - 1]!))
  return {
    _tag: "Values",
    codes: rowCodes,
    numbers: sharedDoubles(0),
    texts: pickTexts(texts, numbers),
    listStarts: sharedUint32(1),
    elements: sharedUint32(0)
  }
}

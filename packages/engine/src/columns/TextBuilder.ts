import { blockSize } from "../memberships/Block.ts"
import { codes, type RowTextChunk, type Texts, type ValueChunk } from "./Chunk.ts"
import { type ChunkBuilder, Places } from "./ChunkBuilder.ts"
import { bufferOf, sharedCodes, sharedDoubles, sharedTexts, sharedUint32, sharedWords } from "./Shared.ts"

/** Where more than so many of those who have a text have one of their own, texts are kept one for each. */
const ownShare = 0.5

/** Texts of some bytes, one character for each byte. */
export const readTexts = ({ bytes, starts }: Texts): Array<string> => {
  const buffer = bufferOf(bytes)
  return Array.from({ length: starts.length - 1 }, (_, i) => buffer.toString("latin1", starts[i], starts[i + 1]))
}

/** Numbers what occurs in the order of its coming. */
export class Dictionary<Key> {
  readonly #indexes = new Map<Key, number>()

  add(key: Key): number {
    const known = this.#indexes.get(key)
    if (known !== undefined) return known
    const index = this.#indexes.size
    this.#indexes.set(key, index)
    return index
  }

  get keys(): ReadonlyArray<Key> {
    return [...this.#indexes.keys()]
  }
}

/** Folded texts, whose UTF-8 bytes are given as one character each; null: there is none. */
export const textBuilder = (from?: RowTextChunk | ValueChunk): ChunkBuilder<string | null> => {
  const rows = new Array<string | null>(blockSize).fill(null)
  const places = new Places(from === undefined ? 0 : copyRows(from, rows))
  return {
    set: (offset, text) => {
      places.reach(offset)
      rows[offset] = text
    },
    build: () => {
      const dictionary = new Dictionary<string>()
      const numbered = new Int32Array(places.count)
      let present = 0
      for (let i = 0; i < places.count; i++) {
        const text = rows[i]!
        numbered[i] = text === null ? -1 : dictionary.add(text)
        if (text !== null) present++
      }
      const { keys } = dictionary
      return keys.length > present * ownShare ? rowTexts(rows.slice(0, places.count)) : valuesOfTexts(numbered, keys)
    }
  }
}

const copyRows = (from: RowTextChunk | ValueChunk, rows: Array<string | null>): number => {
  const texts = readTexts(from.texts)
  if (from._tag === "RowTexts") {
    texts.forEach((text, i) => (rows[i] = (from.missing[i >>> 5]! >>> (i & 31)) & 1 ? null : text))
    return texts.length
  }
  from.codes.forEach((code, i) => (rows[i] = code === codes.missing ? null : texts[code - codes.firstNumber]!))
  return from.codes.length
}

const rowTexts = (rows: ReadonlyArray<string | null>): RowTextChunk => {
  const missing = sharedWords(rows.length)
  rows.forEach((text, i) => {
    if (text === null) missing[i >>> 5]! |= 1 << (i & 31)
  })
  return { _tag: "RowTexts", texts: sharedTexts(rows.map((text) => text ?? "")), missing }
}

const valuesOfTexts = (numbered: Int32Array, keys: ReadonlyArray<string>): ValueChunk => {
  const rowCodes = sharedCodes(numbered.length, codes.firstNumber + keys.length)
  numbered.forEach((index, i) => (rowCodes[i] = index === -1 ? codes.missing : codes.firstNumber + index))
  return {
    _tag: "Values",
    codes: rowCodes,
    numbers: sharedDoubles(0),
    texts: sharedTexts(keys),
    listStarts: sharedUint32(1),
    elements: sharedUint32(0)
  }
}

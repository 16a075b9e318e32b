import { blockSize } from "../memberships/Block.ts"
import { ByteDictionary } from "./ByteDictionary.ts"
import { codes, type Texts, type ValueChunk } from "./Chunk.ts"
import { Places } from "./ChunkBuilder.ts"
import { bufferOf, sharedCodes, sharedDoubles, sharedTexts, sharedUint32 } from "./Shared.ts"
import type { ByteChunkBuilder } from "./TextBuilder.ts"

const encoder = new TextEncoder()

/** Values of one key of folded metadata, as JSON in UTF-8; none: the key is not there. */
export const valueBuilder = (from?: ValueChunk): ByteChunkBuilder => {
  const distinct = new ByteDictionary()
  const missing = addText(distinct, "null")
  const rows = new Uint32Array(blockSize).fill(missing)
  if (from !== undefined) {
    const numbers = jsonOfCodes(from).map((json) => addText(distinct, json))
    from.codes.forEach((code, i) => (rows[i] = numbers[code]!))
  }
  const places = new Places(from?.codes.length ?? 0)
  return {
    set: (offset, bytes, at, length) => {
      places.reach(offset)
      rows[offset] = length < 0 ? missing : distinct.add(bytes, at, length)
    },
    build: () => encode(rows.subarray(0, places.count), readTexts(distinct.texts))
  }
}

const addText = (dictionary: ByteDictionary, text: string): number => {
  const bytes = encoder.encode(text)
  return dictionary.add(bytes, 0, bytes.length)
}

const readTexts = ({ bytes, starts }: Texts): Array<string> => {
  const buffer = bufferOf(bytes)
  return Array.from({ length: starts.length - 1 }, (_, i) => buffer.toString("utf8", starts[i], starts[i + 1]))
}

/** Numbers what occurs in the order of its coming. */
class Dictionary<Key> {
  readonly #numbers = new Map<Key, number>()

  add(key: Key): number {
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.#numbers.size
    this.#numbers.set(key, number)
    return number
  }

  get keys(): ReadonlyArray<Key> {
    return [...this.#numbers.keys()]
  }
}

/** A value, with the scalars in it by their place among the numbers or the texts. */
type Scalar = { readonly code: number } | { readonly number: number } | { readonly text: number }
type Value = Scalar | { readonly list: ReadonlyArray<Scalar> }

/** Numbers the values that are in use, those of one kind after those of another. */
const encode = (rows: Uint32Array, jsons: ReadonlyArray<string>): ValueChunk => {
  const numbers = new Dictionary<number>()
  const texts = new Dictionary<string>()
  const scalarOf = (value: unknown): Scalar => {
    switch (typeof value) {
      case "boolean":
        return { code: value ? codes.true : codes.false }
      case "number":
        return { number: numbers.add(value) }
      case "string":
        return { text: texts.add(value) }
      default:
        return { code: codes.other }
    }
  }
  const valueOf = (value: unknown): Value =>
    value === null || (Array.isArray(value) && value.length === 0)
      ? { code: codes.missing }
      : Array.isArray(value)
        ? { list: value.map(scalarOf) }
        : scalarOf(value)
  const used = new Set(rows)
  const values = jsons.map((json, i) => (used.has(i) ? valueOf(JSON.parse(json)) : { code: codes.missing }))

  const firstText = codes.firstNumber + numbers.keys.length
  const firstList = firstText + texts.keys.length
  const codeOf = (scalar: Scalar): number =>
    "code" in scalar ? scalar.code : "number" in scalar ? codes.firstNumber + scalar.number : firstText + scalar.text
  const lists: Array<ReadonlyArray<number>> = []
  const valueCodes = values.map((value) =>
    "list" in value ? firstList + lists.push(value.list.map(codeOf)) - 1 : codeOf(value)
  )
  const rowCodes = sharedCodes(rows.length, firstList + lists.length)
  rows.forEach((index, i) => (rowCodes[i] = valueCodes[index]!))
  return {
    _tag: "Values",
    codes: rowCodes,
    numbers: filled(sharedDoubles(numbers.keys.length), numbers.keys),
    texts: sharedTexts(texts.keys),
    ...sharedLists(lists)
  }
}

const filled = <Numbers extends Float64Array | Uint32Array>(array: Numbers, values: ReadonlyArray<number>): Numbers => {
  array.set(values)
  return array
}

const sharedLists = (lists: ReadonlyArray<ReadonlyArray<number>>): Pick<ValueChunk, "listStarts" | "elements"> => {
  const listStarts = sharedUint32(lists.length + 1)
  lists.forEach((list, i) => (listStarts[i + 1] = listStarts[i]! + list.length))
  return {
    listStarts,
    elements: filled(sharedUint32(listStarts[lists.length]!), lists.flat())
  }
}

/** What each code stands for, as JSON; what is neither scalar nor list is only known to be there. */
const jsonOfCodes = ({ elements, listStarts, numbers, texts }: ValueChunk): ReadonlyArray<string> => {
  const scalars = ["null", "{}", "false", "true"]
  for (const number of numbers) scalars.push(JSON.stringify(number))
  for (const text of readTexts(texts)) scalars.push(JSON.stringify(text))
  const lists = Array.from({ length: listStarts.length - 1 }, (_, i) => {
    const list = Array.from(elements.subarray(listStarts[i], listStarts[i + 1]), (code) => scalars[code])
    return `[${list.join(",")}]`
  })
  return [...scalars, ...lists]
}

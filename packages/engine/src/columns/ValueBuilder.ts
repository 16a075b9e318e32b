import { blockSize } from "../memberships/Block.ts"
import { codes, type ValueChunk } from "./Chunk.ts"
import { type ChunkBuilder, Places } from "./ChunkBuilder.ts"
import { sharedCodes, sharedDoubles, sharedTexts, sharedUint32 } from "./Shared.ts"
import { Dictionary, readTexts } from "./TextBuilder.ts"

const missing = "null"

/** Values of one key of folded metadata, as JSON; null: the key is not there. */
export const valueBuilder = (from?: ValueChunk): ChunkBuilder<string | null> => {
  const distinct = new Dictionary<string>()
  distinct.add(missing)
  const rows = new Uint32Array(blockSize)
  if (from !== undefined) {
    const indexes = jsonOfCodes(from).map((json) => distinct.add(json))
    from.codes.forEach((code, i) => (rows[i] = indexes[code]!))
  }
  const places = new Places(from?.codes.length ?? 0)
  return {
    set: (offset, json) => {
      places.reach(offset)
      rows[offset] = distinct.add(json ?? missing)
    },
    build: () => encode(rows.subarray(0, places.count), distinct.keys)
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
        return { text: texts.add(Buffer.from(value).toString("latin1")) }
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
  return { listStarts, elements: filled(sharedUint32(listStarts[lists.length]!), lists.flat()) }
}

/** What each code stands for, as JSON; what is neither scalar nor list is only known to be there. */
const jsonOfCodes = ({ elements, listStarts, numbers, texts }: ValueChunk): ReadonlyArray<string> => {
  const scalars = [missing, "{}", "false", "true"]
  for (const number of numbers) scalars.push(JSON.stringify(number))
  for (const text of readTexts(texts)) scalars.push(JSON.stringify(Buffer.from(text, "latin1").toString()))
  const lists = Array.from({ length: listStarts.length - 1 }, (_, i) => {
    const list = Array.from(elements.subarray(listStarts[i], listStarts[i + 1]), (code) => scalars[code])
    return `[${list.join(",")}]`
  })
  return [...scalars, ...lists]
}

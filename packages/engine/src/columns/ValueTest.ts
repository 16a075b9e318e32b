import type { MetadataScalar } from "../rules/Condition.ts"
import { codes, type ValueChunk } from "./Chunk.ts"
import type { ColumnName } from "./Column.ts"
import { endsOf, type Range } from "./NumberTest.ts"
import { scanCodes, scanTexts } from "./Scans.ts"
import { chunkOf, type Chunks, type Test } from "./Test.ts"
import { hasPart, isOneOf, type TextPattern } from "./TextPattern.ts"

/** For each code of a chunk, 1 where the question holds of what it stands for. */
type Truth = (chunk: ValueChunk) => Uint8Array

const codeCount = ({ listStarts, numbers, texts }: ValueChunk): number =>
  codes.firstNumber + numbers.length + texts.starts.length - 1 + listStarts.length - 1

const firstText = ({ numbers }: ValueChunk): number => codes.firstNumber + numbers.length

const firstList = (chunk: ValueChunk): number => firstText(chunk) + chunk.texts.starts.length - 1

const ofTexts = (chunk: ValueChunk, pattern: TextPattern, truth: Uint8Array): void => {
  const holds = pattern(chunk.texts)
  const first = firstText(chunk)
  for (let i = 0; i < chunk.texts.starts.length - 1; i++) truth[first + i] = holds(i) ? 1 : 0
}

/** Of a list what is true of any of its elements. */
const ofLists = (chunk: ValueChunk, ofElements: Uint8Array, truth: Uint8Array): void => {
  const { elements, listStarts } = chunk
  const first = firstList(chunk)
  for (let i = 0; i < listStarts.length - 1; i++) {
    let holds = 0
    for (let at = listStarts[i]!; at < listStarts[i + 1]!; at++) holds |= ofElements[elements[at]!]!
    truth[first + i] = holds
  }
}

const test = (name: ColumnName, truthOf: Truth): Test => ({
  cost: (chunks) => {
    const chunk = chunkOf(chunks, name, "Values")
    return 1 + (10 * codeCount(chunk)) / Math.max(1, chunk.codes.length)
  },
  scan: (chunks, among, out) => {
    const chunk = chunkOf(chunks, name, "Values")
    const truth = truthOf(chunk)
    if (truth.includes(1)) scanCodes(chunk.codes, truth, among, out)
    else out.fill(0)
  }
})

const exists: Truth = (chunk) => new Uint8Array(codeCount(chunk)).fill(1, codes.missing + 1)

export const metadataExists = (name: ColumnName): Test => test(name, exists)

const equality = (values: ReadonlyArray<MetadataScalar>): Truth => {
  const numbers = new Set(values.filter((value) => typeof value === "number"))
  const pattern = isOneOf(values.filter((value) => typeof value === "string"))
  return (chunk) => {
    const truth = new Uint8Array(codeCount(chunk))
    if (values.includes(false)) truth[codes.false] = 1
    if (values.includes(true)) truth[codes.true] = 1
    if (numbers.size > 0)
      chunk.numbers.forEach((number, i) => (truth[codes.firstNumber + i] = numbers.has(number) ? 1 : 0))
    ofTexts(chunk, pattern, truth)
    ofLists(chunk, truth, truth)
    return truth
  }
}

export const metadataOneOf = (name: ColumnName, values: ReadonlyArray<MetadataScalar>): Test =>
  test(name, equality(values))

export const metadataContains = (name: ColumnName, value: MetadataScalar): Test => {
  const equals = equality([value])
  const pattern = typeof value === "string" ? hasPart(value) : undefined
  return test(name, (chunk) => {
    // Of a list, that an element equals; of a text, that it contains; numbers and booleans contain nothing.
    const truth = equals(chunk).fill(0, 0, firstText(chunk))
    if (pattern !== undefined) ofTexts(chunk, pattern, truth)
    return truth
  })
}

export const metadataWithin = (name: ColumnName, range: Range<number>): Test => {
  const [low, high] = endsOf(range)
  return test(name, (chunk) => {
    const truth = new Uint8Array(codeCount(chunk))
    chunk.numbers.forEach((number, i) => (truth[codes.firstNumber + i] = number >= low && number <= high ? 1 : 0))
    return truth
  })
}

/** A question about a text attribute, however its chunk keeps it. */
const textTest = (name: ColumnName, pattern: TextPattern, costEach: number): Test => {
  const coded = test(name, (chunk) => {
    const truth = new Uint8Array(codeCount(chunk))
    ofTexts(chunk, pattern, truth)
    return truth
  })
  const isCoded = (chunks: Chunks) => chunkOf(chunks, name, "RowTexts", "Values")._tag === "Values"
  return {
    cost: (chunks) => (isCoded(chunks) ? coded.cost(chunks) : costEach),
    scan: (chunks, among, out) => {
      if (isCoded(chunks)) return coded.scan(chunks, among, out)
      const { missing, texts } = chunkOf(chunks, name, "RowTexts")
      const asked = among.map((word, w) => word & ~(missing[w] ?? -1))
      scanTexts(texts, pattern(texts), asked, out)
    }
  }
}

export const textOneOf = (name: ColumnName, values: ReadonlyArray<string>): Test =>
  textTest(name, isOneOf(values), values.length > 8 ? 100 : 4)

export const textContains = (name: ColumnName, part: string): Test => textTest(name, hasPart(part), 15)

export const textExists = (name: ColumnName): Test => textTest(name, () => () => true, 1)

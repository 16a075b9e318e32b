import { consumerFields, type ConsumerFieldName } from "@audiences/domain/ConsumerField"
import type { Bound, Condition, Moment } from "../rules/Condition.ts"
import { amountOneOf, amountWithin } from "./AmountTest.ts"
import { isEmpty } from "./Chunk.ts"
import type { ColumnName } from "./Column.ts"
import { numberOneOf, numberWithin, type Range } from "./NumberTest.ts"
import { chunkOf, type Chunks, type Test } from "./Test.ts"
import {
  metadataContains,
  metadataExists,
  metadataOneOf,
  metadataWithin,
  textContains,
  textExists,
  textOneOf
} from "./ValueTest.ts"

/** Makes a condition ready to be asked of columns at an instant, in milliseconds since 1970. */
export const testOf = (condition: Condition, now: number): Test => {
  switch (condition._tag) {
    case "Exists":
      return exists(condition.field)
    case "TextOneOf":
      return textOneOf(condition.field, condition.values)
    case "TextContains":
      return textContains(condition.field, condition.text)
    case "NumberOneOf":
    case "InstantOneOf":
      return numberOneOf(condition.field, condition.values)
    case "NumberWithin":
      return numberWithin(condition.field, condition)
    case "MoneyOneOf":
      return amountOneOf(condition.field, condition.values)
    case "MoneyWithin":
      return amountWithin(condition.field, condition)
    case "InstantWithin":
      return numberWithin(condition.field, momentsAt(condition, now))
    case "BooleanIs":
      return booleanIs(condition.field, condition.value)
    case "MetadataExists":
      return metadataExists(`metadata.${condition.key}`)
    case "MetadataOneOf":
      return metadataOneOf(`metadata.${condition.key}`, condition.values)
    case "MetadataContains":
      return metadataContains(`metadata.${condition.key}`, condition.value)
    case "MetadataWithin":
      return metadataWithin(`metadata.${condition.key}`, condition)
    case "Not":
      return not(testOf(condition.condition, now))
    case "All":
      return all(condition.conditions.map((each) => testOf(each, now)))
    case "Any":
      return any(condition.conditions.map((each) => testOf(each, now)))
  }
}

const exists = (field: ConsumerFieldName): Test => {
  switch (consumerFields[field]) {
    case "text":
      return textExists(field)
    case "number":
    case "instant":
      return numberWithin(field, {})
    case "money":
    case "boolean":
      return everybody
  }
}

const momentsAt = ({ high, low }: Range<Moment>, now: number): Range<number> => {
  const at = ({ inclusive, value }: Bound<Moment>): Bound<number> => ({
    inclusive,
    value: value._tag === "At" ? value.epochMillis : now + value.offsetMillis
  })
  return { ...(low === undefined ? {} : { low: at(low) }), ...(high === undefined ? {} : { high: at(high) }) }
}

const everybody: Test = { cost: () => 0, scan: (_, among, out) => out.set(among) }

const booleanIs = (name: ColumnName, value: boolean): Test => ({
  cost: () => 0,
  scan: (chunks, among, out) => {
    const { words } = chunkOf(chunks, name, "Bits")
    const turn = value ? 0 : -1
    for (let w = 0; w < among.length; w++) out[w] = among[w]! & ((words[w] ?? 0) ^ turn)
  }
})

const not = (test: Test): Test => ({
  cost: test.cost,
  scan: (chunks, among, out) => {
    test.scan(chunks, among, out)
    for (let w = 0; w < among.length; w++) out[w] = among[w]! & ~out[w]!
  }
})

const total = (tests: ReadonlyArray<Test>) => (chunks: Chunks) =>
  tests.reduce((sum, test) => sum + test.cost(chunks), 0)

const cheapestFirst = (tests: ReadonlyArray<Test>, chunks: Chunks): ReadonlyArray<Test> =>
  tests
    .map((test) => ({ test, cost: test.cost(chunks) }))
    .sort((a, b) => a.cost - b.cost)
    .map(({ test }) => test)

/** Each test is asked only of those of whom all before it hold. */
const all = (tests: ReadonlyArray<Test>): Test => ({
  cost: total(tests),
  scan: (chunks, among, out) => {
    out.set(among)
    const left = new Int32Array(among.length)
    for (const test of cheapestFirst(tests, chunks)) {
      if (isEmpty(out)) return
      left.set(out)
      test.scan(chunks, left, out)
    }
  }
})

/** Each test is asked only of those of whom none before it holds. */
const any = (tests: ReadonlyArray<Test>): Test => ({
  cost: total(tests),
  scan: (chunks, among, out) => {
    out.fill(0)
    const left = among.slice()
    const found = new Int32Array(among.length)
    for (const test of cheapestFirst(tests, chunks)) {
      if (isEmpty(left)) return
      test.scan(chunks, left, found)
      for (let w = 0; w < left.length; w++) {
        out[w]! |= found[w]!
        left[w]! &= ~found[w]!
      }
    }
  }
})

import { evaluateBlock } from "@audiences/engine/columns/BlockEvaluation"
import { bytesOf, type Chunk } from "@audiences/engine/columns/Chunk"
import { amountBuilder, bitBuilder, type ChunkBuilder, numberBuilder } from "@audiences/engine/columns/ChunkBuilder"
import type { ColumnName } from "@audiences/engine/columns/Column"
import { testOf } from "@audiences/engine/columns/ConditionTest"
import { type ByteChunkBuilder, textBuilder } from "@audiences/engine/columns/TextBuilder"
import { valueBuilder } from "@audiences/engine/columns/ValueBuilder"
import { blockSize, offsetsOf } from "@audiences/engine/memberships/Block"
import type { Condition } from "@audiences/engine/rules/Condition"
import { assert, describe, it } from "@effect/vitest"

const everybody = Array.from({ length: blockSize }, (_, i) => i)

const built = <Value>(builder: ChunkBuilder<Value>, values: ReadonlyArray<Value>): Chunk => {
  values.forEach((value, i) => builder.set(i, value))
  return builder.build()
}
const builtOfTexts = (builder: ByteChunkBuilder, texts: ReadonlyArray<string>): Chunk => {
  texts.forEach((text, i) => {
    const bytes = Buffer.from(`<${text}>`)
    builder.set(i, bytes, 1, bytes.length - 2)
  })
  return builder.build()
}
const live = (count: number) =>
  built(
    bitBuilder(),
    Array.from({ length: count }, () => true)
  )

const found = (condition: Condition, name: ColumnName, chunk: Chunk, count: number) => {
  const block = evaluateBlock(
    testOf(condition, 0),
    new Map([
      ["live", live(count)],
      [name, chunk]
    ])
  )
  return block === null ? [] : offsetsOf(block)
}

const texts = everybody.map((i) => `person-${i}@example.com`)
const emails = builtOfTexts(textBuilder(), texts)

describe("A chunk", () => {
  it("of a full block in which everybody's text is another", () => {
    const has = (text: string): Condition => ({
      _tag: "TextContains",
      field: "email",
      text,
      line: 0
    })
    assert.deepStrictEqual(found(has("n-65535@"), "email", emails, blockSize), [65_535])
    assert.deepStrictEqual(found(has("mperson"), "email", emails, blockSize), [])
    assert.deepStrictEqual(
      found(has("-6553"), "email", emails, blockSize),
      everybody.filter((i) => String(i).startsWith("6553"))
    )
  })

  it("of a full block in which everybody's metadata is another", () => {
    const chunk = builtOfTexts(
      valueBuilder(),
      everybody.map((i) => (i % 2 === 0 ? JSON.stringify(`t${i}`) : String(i)))
    )
    const oneOf = (values: ReadonlyArray<string | number>): Condition => ({
      _tag: "MetadataOneOf",
      key: "k",
      values,
      line: 0
    })
    assert.deepStrictEqual(
      found(oneOf(["t65534", 65_535, "65535", "t1"]), "metadata.k", chunk, blockSize),
      [65_534, 65_535]
    )
  })

  it("takes no more memory than it may", () => {
    const perConsumer = (chunk: Chunk) => bytesOf(chunk) / blockSize
    const textBytes = texts.join("").length / blockSize
    assert.isAtMost(perConsumer(emails), textBytes + 8)
    assert.isAtMost(perConsumer(built(numberBuilder(), everybody)), 13)
    assert.isAtMost(
      perConsumer(
        built(
          amountBuilder(),
          everybody.map((i) => ({ whole: i, fraction: i }))
        )
      ),
      13
    )
    assert.isAtMost(perConsumer(builtOfTexts(valueBuilder(), everybody.map(String))), 13)
    const metadataTexts = texts.map((text) => JSON.stringify(text))
    assert.isAtMost(perConsumer(builtOfTexts(valueBuilder(), metadataTexts)), textBytes + 8.001)
    const few = everybody.map((i) => `country-${i % 20}`)
    assert.isAtMost(perConsumer(builtOfTexts(textBuilder(), few)), 2.1)
    assert.isAtMost(perConsumer(live(blockSize)), 1)
  })

  it("of a few consumers is small, and grows with those who come", () => {
    const chunk = built(numberBuilder(), [1, 2])
    assert.isAtMost(bytesOf(chunk), 8192)
    const builder = numberBuilder(chunk as never)
    builder.set(5000, 3)
    const above: Condition = {
      _tag: "NumberWithin",
      field: "totalOrders",
      low: { value: 1, inclusive: false },
      line: 0
    }
    assert.deepStrictEqual(found(above, "totalOrders", builder.build(), 5001), [1, 5000])
  })

  it("is shared, not copied", () => {
    for (const chunk of [emails, live(1), builtOfTexts(valueBuilder(), ["[1]"])])
      for (const part of Object.values({
        ...chunk,
        ...("texts" in chunk ? chunk.texts : {})
      }))
        if (ArrayBuffer.isView(part)) assert.instanceOf(part.buffer, SharedArrayBuffer)
  })
})

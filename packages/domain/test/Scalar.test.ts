import { assert, describe, it } from "@effect/vitest"
import { Exit, Schema } from "effect"
import { ConsumerMetadata, ConsumerMetadataInput, maxMapLength, OpenMap, OpenMapInput } from "../src/Scalar.ts"

const takes = (schema: typeof ConsumerMetadata | typeof OpenMap, input: unknown) =>
  Exit.isSuccess(Schema.decodeUnknownExit(schema as Schema.Codec<unknown>)(input))

describe("ConsumerMetadata", () => {
  it("keeps every key it takes, however it is named", () => {
    const metadata = JSON.parse('{"":1,"a.b":"x","__proto__":[true,null],"größe":2.5}')
    assert.deepStrictEqual(Schema.decodeUnknownSync(ConsumerMetadata)(metadata), metadata)
  })

  it("refuses keys and texts that the database cannot store, and objects inside", () => {
    for (const bad of [{ "a\0": 1 }, { "\ud800": 1 }, { a: "\0" }, { a: ["\udfff"] }, { a: { b: 1 } }, { a: [[1]] }]) {
      assert.isFalse(takes(ConsumerMetadata, bad), JSON.stringify(bad))
    }
  })
})

describe("OpenMap", () => {
  it("takes any JSON object whose texts can be stored", () => {
    assert.isTrue(takes(OpenMap, { a: { b: [1, { c: null }] } }))
    for (const bad of [{ a: { "b\0": 1 } }, { a: [{ b: "\ud800" }] }, [], "x", null]) {
      assert.isFalse(takes(OpenMap, bad), JSON.stringify(bad))
    }
  })
})

describe("maps that a caller sends", () => {
  it("have a bound, which what is stored has not", () => {
    const ofLength = (length: number) => ({ a: "x".repeat(length - JSON.stringify({ a: "" }).length) })
    for (const [sent, kept] of [
      [ConsumerMetadataInput, ConsumerMetadata],
      [OpenMapInput, OpenMap]
    ] as const) {
      assert.isTrue(takes(sent, ofLength(maxMapLength)))
      assert.isFalse(takes(sent, ofLength(maxMapLength + 1)))
      assert.isTrue(takes(kept, ofLength(maxMapLength + 1)))
    }
  })
})

import {
  and,
  blockOf,
  blocksOfOrdinals,
  blockSize,
  clear,
  decodeChange,
  emptyBlock,
  encodeChange,
  encodeOffsets,
  fromOffsets,
  nextMember,
  offsetOf,
  offsetsOf,
  overlay,
  popcount,
  previousMember,
  set,
  test,
  xor
} from "@audiences/engine/memberships/Block"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const Offset = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: blockSize - 1 }))
const Offsets = Schema.Array(Offset)
const Stretch = Schema.Struct({
  from: Offset,
  length: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9000 }))
})

const sorted = (offsets: Iterable<number>) => [...new Set(offsets)].sort((a, b) => a - b)
const stretch = ({ from, length }: typeof Stretch.Type) =>
  Array.from({ length: Math.min(length, blockSize - from) }, (_, i) => from + i)

describe("Block", () => {
  it.prop("holds exactly what was set", [Offsets], ([offsets]) => {
    const block = fromOffsets(offsets)
    assert.deepStrictEqual(offsetsOf(block), sorted(offsets))
    assert.strictEqual(popcount(block), new Set(offsets).size)
    assert.isTrue(offsets.every((offset) => test(block, offset)))
  })

  it.prop("forgets what was cleared, and nothing else", [Offsets, Offset], ([offsets, gone]) => {
    const block = fromOffsets([...offsets, gone])
    clear(block, gone)
    assert.deepStrictEqual(
      offsetsOf(block),
      sorted(offsets).filter((offset) => offset !== gone)
    )
  })

  it("counts the lowest bit of each byte first", () => {
    const block = emptyBlock()
    set(block, 0)
    set(block, 15)
    assert.deepStrictEqual([...block.subarray(0, 3)], [1, 128, 0])
  })

  it.prop("xor and and are those of sets", [Offsets, Offsets], ([a, b]) => {
    const [x, y] = [fromOffsets(a), fromOffsets(b)]
    assert.deepStrictEqual(
      offsetsOf(xor(x, y)),
      sorted([...a.filter((i) => !b.includes(i)), ...b.filter((i) => !a.includes(i))])
    )
    assert.deepStrictEqual(offsetsOf(and(x, y)), sorted(a.filter((i) => b.includes(i))))
    assert.deepStrictEqual(xor(xor(x, y), y), x)
  })

  it.prop("overlay replaces within the mask only", [Offsets, Offsets, Offsets], ([base, mask, other]) => {
    const result = overlay(fromOffsets(base), fromOffsets(mask), fromOffsets(other))
    assert.deepStrictEqual(
      offsetsOf(result),
      sorted([...base.filter((i) => !mask.includes(i)), ...other.filter((i) => mask.includes(i))])
    )
  })

  it.prop(
    "a change survives its encoding, in the fewer bytes",
    [Schema.Array(Stretch).check(Schema.isMaxLength(3))],
    ([stretches]) => {
      const flips = fromOffsets(stretches.flatMap(stretch))
      const encoded = encodeChange(flips)
      assert.strictEqual(encoded.length, Math.min(8192, popcount(flips) * 2))
      assert.deepStrictEqual(decodeChange(encoded), flips)
    }
  )

  it("tells a list of 4095 offsets from the bitset of 4096", () => {
    for (const length of [4095, 4096, 4097]) {
      const flips = fromOffsets(stretch({ from: 7, length }))
      assert.strictEqual(encodeChange(flips).length, length < 4096 ? length * 2 : 8192)
      assert.deepStrictEqual(decodeChange(encodeChange(flips)), flips)
    }
    assert.deepStrictEqual([...encodeOffsets([1, 0x1234])], [0, 1, 0x12, 0x34])
  })

  it.prop("walks members from any place in either direction", [Offsets, Offset], ([offsets, from]) => {
    const block = fromOffsets(offsets)
    assert.strictEqual(nextMember(block, from), sorted(offsets).find((offset) => offset >= from) ?? -1)
    assert.strictEqual(previousMember(block, from), sorted(offsets).findLast((offset) => offset <= from) ?? -1)
  })

  it("walks from beyond either end", () => {
    const block = fromOffsets([0, blockSize - 1])
    assert.strictEqual(nextMember(block, -5), 0)
    assert.strictEqual(nextMember(block, blockSize), -1)
    assert.strictEqual(previousMember(block, blockSize + 5), blockSize - 1)
    assert.strictEqual(previousMember(block, -1), -1)
  })

  it.prop(
    "divides ordinals among blocks",
    [Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 300_000 })))],
    ([ordinals]) => {
      const blocks = blocksOfOrdinals(ordinals)
      assert.deepStrictEqual(
        sorted([...blocks].flatMap(([number, block]) => offsetsOf(block).map((offset) => number * blockSize + offset))),
        sorted(ordinals)
      )
      assert.isTrue(ordinals.every((ordinal) => test(blocks.get(blockOf(ordinal))!, offsetOf(ordinal))))
    }
  )
})

import { ConsumerOrdinals } from "@audiences/engine/gate/ConsumerOrdinals"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

/** As PostgreSQL sends them. */
const idsOf = (people: ReadonlyArray<readonly [string, number]>) => {
  const ids = Buffer.concat(people.map(([id]) => Buffer.from(id.replaceAll("-", ""), "hex")))
  const ordinals = Buffer.alloc(people.length * 4)
  people.forEach(([, ordinal], i) => ordinals.writeInt32BE(ordinal, i * 4))
  return { ids: new Uint8Array(ids), ordinals: new Uint8Array(ordinals) }
}

const Id = Schema.String.check(Schema.isUUID())

describe("ConsumerOrdinals", () => {
  it.prop(
    "finds everybody who was added, in any number of parts, and nobody else",
    [Schema.Array(Id), Schema.Array(Id), Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9 }))],
    ([given, strangers, part]) => {
      const ids = new Set(given.map((id) => id.toLowerCase()))
      const people = [...ids].sort().map((id, i) => [id, i * 3 + 7] as const)
      const consumers = new ConsumerOrdinals()
      for (let from = 0; from < people.length; from += part) {
        consumers.append(idsOf(people.slice(from, from + part)))
        // What is added again is there already.
        consumers.append(idsOf(people.slice(Math.max(0, from - 1), from + part)))
      }
      assert.strictEqual(consumers.size, people.length)
      for (const [id, ordinal] of people) {
        assert.strictEqual(consumers.find(id), ordinal)
        assert.strictEqual(consumers.find(id.toUpperCase()), ordinal)
      }
      for (const id of strangers) if (!ids.has(id.toLowerCase())) assert.strictEqual(consumers.find(id), -1)
    }
  )

  it("leaves out whose id does not rise, and goes on behind", () => {
    const consumers = new ConsumerOrdinals()
    const id = (digit: string) => `${digit.repeat(8)}-0000-7000-8000-000000000000`
    consumers.append(
      idsOf([
        [id("2"), 1],
        [id("1"), 2],
        [id("3"), 3]
      ])
    )
    assert.deepStrictEqual(
      ["1", "2", "3"].map((digit) => consumers.find(id(digit))),
      [-1, 1, 3]
    )
    assert.strictEqual(consumers.last, 3)
  })
})

import { ConsumerCreate } from "@audiences/domain/Consumer"
import { isConsumerMetadata, ConsumerMetadata } from "@audiences/domain/Scalar"
import { isSurely } from "@audiences/engine/imports/rows/SureValues"
import { assert, it } from "@effect/vitest"
import { Exit, Schema } from "effect"

const { emailVerified: _, metadata: __, ...fields } = ConsumerCreate.fields

/** Such as cells hold, some of which every attribute takes. */
const values: ReadonlyArray<unknown> = [
  "",
  " ",
  "ann@example.com",
  "ann@@example.com",
  "Ann\0",
  "\ud800",
  "+4915112345",
  "+0",
  "x".repeat(400),
  "x".repeat(10_001),
  "ACTIVE",
  "active",
  "12.50",
  "-1",
  "1e3",
  "2026-01-31",
  0,
  -1,
  2.5,
  6,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  true,
  null,
  undefined
]

for (const [name, schema] of Object.entries(fields)) {
  it(`is sure of nothing that ${name} does not take as it is`, () => {
    const isSure = isSurely(schema)
    const decode = Schema.decodeUnknownExit(schema as Schema.Codec<unknown>)
    for (const value of values) {
      if (!isSure(value)) continue
      const decoded = decode(value)
      assert.isTrue(Exit.isSuccess(decoded) && Object.is(decoded.value, value), JSON.stringify(value))
    }
  })
}

it("is sure of what most cells hold", () => {
  assert.isTrue(isSurely(fields.email)("ann@example.com"))
  assert.isTrue(isSurely(fields.phone)("+4915112345"))
  assert.isTrue(isSurely(fields.fullName)("Zoë"))
  assert.isTrue(isSurely(fields.totalOrders)(3))
  assert.isTrue(isSurely(fields.ltv)("12.50"))
})

it("takes for metadata what the schema takes", () => {
  const is = Schema.is(ConsumerMetadata)
  const texts = [
    '{"a":1}',
    "{}",
    '{"a":[1,"x",null,true]}',
    '{"a":{"b":1}}',
    '{"a":[[1]]}',
    "[]",
    "null",
    "1",
    '{"a":"\\u0000"}',
    '{"\\ud800":1}',
    '{"a":1e999}'
  ]
  for (const text of texts) assert.strictEqual(isConsumerMetadata(JSON.parse(text)), is(JSON.parse(text)), text)
})

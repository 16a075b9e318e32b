import { Consumer } from "@audiences/domain/Consumer"
import { consumerFields, fieldAliases, resolveField } from "@audiences/domain/ConsumerField"
import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"

interface WireField {
  readonly type: { readonly kind: string; readonly name?: string }
  readonly format?: string
  readonly pattern?: string
}

const wire = JSON.parse(readFileSync(new URL("../../../spec/wire.json", import.meta.url), "utf8"))
const attributes: Readonly<Record<string, WireField>> = wire.types.Consumer.fields

const excluded = [
  "id",
  "organizationId",
  "primarySyncSourceId",
  "lastGeoCoordinates",
  "verificationCode",
  "verificationCodeExpiresAt",
  "archived",
  "metadata"
]

const kindOf = ({ type, format, pattern }: WireField) =>
  format === "date-time"
    ? "instant"
    : pattern?.includes("d{1,12}")
      ? "money"
      : type.kind === "integer"
        ? "number"
        : type.kind === "boolean" || type.kind === "number"
          ? type.kind
          : "text"

describe("ConsumerField", () => {
  it("has every attribute of the wire but ids, coordinates, codes, archived and bare metadata, each with its kind", () => {
    const expected = Object.entries(attributes)
      .filter(([name]) => !excluded.includes(name))
      .map(([name, field]) => [name, kindOf(field)])
    const { emailDomain, ...ours } = consumerFields
    assert.strictEqual(emailDomain, "text")
    assert.deepStrictEqual(ours, Object.fromEntries(expected) as typeof ours)
    assert.deepStrictEqual(Object.keys(Consumer.fields).sort(), Object.keys(attributes).sort())
  })

  it("resolves attributes, aliases and metadata keys", () => {
    assert.deepStrictEqual(resolveField("ltv"), { _tag: "Attribute", name: "ltv", kind: "money" })
    for (const [alias, name] of Object.entries(fieldAliases)) {
      assert.deepStrictEqual(resolveField(alias), { _tag: "Attribute", name, kind: consumerFields[name] } as never)
    }
    assert.deepStrictEqual(resolveField("metadata.a.b"), { _tag: "Metadata", key: "a.b" })
    assert.deepStrictEqual(resolveField("metadata. "), { _tag: "Metadata", key: " " })
    assert.deepStrictEqual(resolveField("metadata.__proto__"), { _tag: "Metadata", key: "__proto__" })
  })

  it.each([...excluded, "metadata.", "Metadata.a", "Email", " email", "", "toString", "__proto__", "hasOwnProperty"])(
    "knows no field %j",
    (name) => {
      assert.isUndefined(resolveField(name))
    }
  )
})

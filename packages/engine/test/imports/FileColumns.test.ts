import { ColumnMapping } from "@audiences/domain/ColumnMapping"
import { ConsumerCsv } from "@audiences/engine/imports/rows/ConsumerCsv"
import { consumerColumns } from "@audiences/engine/imports/rows/CsvColumns"
import { mappingProblems } from "@audiences/engine/imports/rows/FileColumns"
import { FileRefused } from "@audiences/engine/imports/FileRefused"
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"

/** As a query has it. */
const mappingOf = Schema.decodeUnknownSync(Schema.fromJsonString(ColumnMapping))

const row = (header: ReadonlyArray<string>, cells: ReadonlyArray<string>, mapping: ColumnMapping) =>
  Result.getOrThrow(new ConsumerCsv({ line: 1, cells: header }, mapping).row({ line: 2, cells })).patch

const refusal = (header: ReadonlyArray<string>, mapping: ColumnMapping) => {
  try {
    new ConsumerCsv({ line: 1, cells: header }, mapping)
  } catch (error) {
    if (error instanceof FileRefused) return error.message
    throw error
  }
  return undefined
}

const problems = (mapping: string) =>
  mappingProblems(consumerColumns, mappingOf(mapping)).map(({ message, path }) => [path.join(), message])

describe("a mapping", () => {
  it("says what columns are, by attribute, alias or key of metadata, and leaves columns out", () => {
    assert.deepStrictEqual(
      row(
        ["Kunde", "E-Mail-Adresse", "Umsatz ", "Tier", "Intern", "id", "city"],
        ["7", "ada@example.com", "1.50", "gold", "hush", "x", "Łódź"],
        mappingOf(
          '{"Kunde":"externalId","E-Mail-Adresse":"email","Umsatz":"totalSpend","Tier":"metadata.plan","Intern":null,"id":"metadata.id"}'
        )
      ),
      {
        primaryExternalId: "7",
        email: "ada@example.com",
        ltv: "1.50",
        metadata: { plan: "gold", id: "x", city: "Łódź" }
      }
    )
  })

  it("finds a column as it is written, or else as forgivingly as headers are read", () => {
    assert.deepStrictEqual(row(["customer_id"], ["7"], { "Customer ID": "externalId" }), { primaryExternalId: "7" })
    assert.deepStrictEqual(row(["mail", "Mail"], ["no", "a@example.com"], { Mail: "email", mail: null }), {
      email: "a@example.com"
    })
  })

  it("takes what a column is called for another", () => {
    assert.deepStrictEqual(
      row(["email", "work email"], ["private", "a@example.com"], {
        "work email": "email",
        email: "metadata.privateEmail"
      }),
      { email: "a@example.com", metadata: { privateEmail: "private" } }
    )
    assert.include(refusal(["email", "work email"], { "work email": "email" }), 'both email: "email", "work email"')
  })

  it("of columns that are not in the file is refused, naming them and those that are", () => {
    assert.strictEqual(
      refusal(["email", ""], { "E Mail!": null, Tier: "metadata.plan", "": null }),
      'The mapping names columns that the file does not have: "Tier", "". It has: "email", "".'
    )
  })

  it("that leaves no identifier is refused", () => {
    assert.include(refusal(["email", "x"], { email: null }), "No column identifies a consumer")
  })

  it("of an unknown field, or of two columns to one, is wrong whatever the file", () => {
    assert.deepStrictEqual(problems('{"a":"email","b":"E-Mail","c":"nonsense","d":"","e":null,"f":"metadata."}'), [
      ["mapping,c", '"nonsense" is no field of a consumer'],
      ["mapping,d", '"" is no field of a consumer'],
      ["mapping,f", '"metadata." is no field of a consumer'],
      ["mapping,b", 'Two columns are both email: "a", "b"']
    ])
    assert.deepStrictEqual(problems("{}"), [])
  })

  it("may name what objects have of their own", () => {
    assert.deepStrictEqual(
      row(["constructor", "toString"], ["7", "x"], mappingOf('{"constructor":"externalId","toString":"metadata.s"}')),
      { primaryExternalId: "7", metadata: { s: "x" } }
    )
    assert.deepStrictEqual(problems('{"a":"constructor","__proto__":"toString"}').length, 2)
  })
})

import { ConsumerCsv } from "@audiences/engine/imports/rows/ConsumerCsv"
import { FileRefused } from "@audiences/engine/imports/FileRefused"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Result } from "effect"

const row = (headers: ReadonlyArray<string>, cells: ReadonlyArray<string>) =>
  new ConsumerCsv({ line: 1, cells: headers }).row({ line: 2, cells })

const patch = (cells: Readonly<Record<string, string>>) =>
  Result.getOrThrow(row(Object.keys(cells), Object.values(cells))).patch

const problems = (cells: Readonly<Record<string, string>>) =>
  Result.getOrThrow(Result.flip(row(Object.keys(cells), Object.values(cells)))).issues.map((issue) => [
    issue.path[0]?.key,
    issue.message
  ])

const refusal = (...headers: ReadonlyArray<string>): string => {
  try {
    new ConsumerCsv({ line: 1, cells: headers })
  } catch (error) {
    if (error instanceof FileRefused) return error.message
    throw error
  }
  return assert.fail("not refused")
}

describe("ConsumerCsv", () => {
  it("knows columns by name or alias, however they are spelled", () => {
    assert.deepStrictEqual(
      patch({
        "E-Mail": "a@b.co",
        "Last Order At": "2024-01-02",
        total_orders: "3",
        "LOYALTY points": "1e3",
        "lifetime-spend": "12.50",
        "external id": " 7 "
      }),
      {
        email: "a@b.co",
        lastOrderAt: DateTime.makeUnsafe("2024-01-02T00:00:00Z"),
        totalOrders: 3,
        loyaltyBalance: 1000,
        ltv: "12.50",
        primaryExternalId: "7"
      }
    )
  })

  it("leaves blank cells out", () => {
    assert.deepStrictEqual(patch({ email: "a@b.co", phone: "", ltv: "  ", metadata: "", city: "" }), {
      email: "a@b.co"
    })
  })

  it("joins first and last name, unless there is a full one", () => {
    assert.strictEqual(patch({ email: "a@b.co", "First Name": "Jo", last_name: "Doe" }).fullName, "Jo Doe")
    assert.strictEqual(patch({ email: "a@b.co", "First Name": "", last_name: "Doe" }).fullName, "Doe")
    assert.strictEqual(
      patch({ email: "a@b.co", "First Name": "Jo", last_name: "Doe", fullName: "Joanna Doe" }).fullName,
      "Joanna Doe"
    )
  })

  it("makes metadata of unknown columns, tags and JSON, each key by the most exact of them", () => {
    assert.deepStrictEqual(
      patch({
        email: "a@b.co",
        metadata: '{"size":41,"vip":true,"old":[1,null]}',
        size: "007",
        tags: " a, b,,c ",
        "metadata.Shoe.Size": "x",
        created_at: "2020"
      }).metadata,
      { vip: true, old: [1, null], size: "007", tags: ["a", "b", "c"], "Shoe.Size": "x", created_at: "2020" }
    )
    assert.deepStrictEqual(Object.entries(patch({ email: "a@b.co", "metadata.__proto__": "x" }).metadata ?? {}), [
      ["__proto__", "x"]
    ])
  })

  it("skips what only the server says of a consumer", () => {
    assert.deepStrictEqual(patch({ email: "a@b.co", id: "1", createdAt: "2020-01-01", updatedBy: "key:1" }), {
      email: "a@b.co"
    })
  })

  it("reports every problem of a row, each with its column and the cell as it stands", () => {
    assert.deepStrictEqual(
      problems({
        email: "nope",
        phone: "0155",
        "Total Spend": "1,234.5",
        totalOrders: "1.234,5",
        activityRank: "7",
        status: "gone",
        smsOptOut: "maybe",
        lastOrderAt: "2024-02-30",
        metadata: "{"
      }),
      [
        ["email", 'Invalid value: Expected an email address but received "nope"'],
        ["phone", 'Invalid value: Expected a phone number such as +14155550123 but received "0155"'],
        [
          "Total Spend",
          'Expected a decimal amount such as 1234.50 but received "1,234.5": write the number with a point before the decimals and nothing between the thousands, such as 1234.5'
        ],
        [
          "totalOrders",
          'Expected a number such as 1234.5 but received "1.234,5": write the number with a point before the decimals and nothing between the thousands, such as 1234.5'
        ],
        ["activityRank", "Invalid value: Expected a value between 0 and 5 but received 7"],
        ["status", 'Invalid type: Expected "ACTIVE" | "INACTIVE" but received "gone"'],
        ["smsOptOut", 'Expected true or false but received "maybe"'],
        [
          "lastOrderAt",
          'Invalid value: Expected an ISO-8601 instant, such as 2026-01-31T09:30:00Z, or a date but received "2024-02-30"'
        ],
        [
          "metadata",
          'Expected a JSON object whose values are texts, numbers, booleans, or lists of them but received "{"'
        ]
      ]
    )
    assert.deepStrictEqual(
      problems({ email: " ", ltv: "x" }).map(([key]) => key),
      ["ltv", undefined]
    )
    assert.deepStrictEqual(
      problems({ email: "a@b.co", metadata: '{"a":{"b":1}}' }).map(([key]) => key),
      ["metadata"]
    )
  })

  it("refuses rows of another length, and cells in columns without a name", () => {
    const ragged = Result.getOrThrow(Result.flip(row(["email", "ltv"], ["a@b.co"])))
    assert.deepStrictEqual([ragged.line, ragged.issues.length], [2, 1])
    assert.include(ragged.issues[0]!.message, "The row has 1 cells where the header has 2")
    assert.deepStrictEqual(problems({ email: "a@b.co", "": "x" }), [
      ["", "The cell stands in a column that the header does not name"]
    ])
    assert.deepStrictEqual(patch({ email: "a@b.co", "": "" }), { email: "a@b.co" })
  })

  it("refuses a file that names no identifier, has no header, or says a thing twice", () => {
    assert.strictEqual(
      refusal("name", "city"),
      'No column identifies a consumer: the header must name at least one of email, phone, externalId. Found: "name", "city".'
    )
    assert.strictEqual(
      refusal("ann@example.com", "Ann"),
      'The first line must be a header that names the columns; it looks like data: "ann@example.com", "Ann".'
    )
    assert.strictEqual(
      refusal("email", "E-Mail"),
      'Two columns are both email: "email", "E-Mail". Remove or rename one of them, or map it to null.'
    )
    assert.strictEqual(
      refusal("external_id", "primaryExternalId"),
      'Two columns are both externalId: "external_id", "primaryExternalId". Remove or rename one of them, or map it to null.'
    )
    assert.include(
      refusal(...Array.from({ length: 10_000 }, (_, i) => `c${i}`)),
      "The header has 10000 columns; at most 1000 are read."
    )
  })
})

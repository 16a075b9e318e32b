import { FileRefused } from "@audiences/engine/imports/FileRefused"
import { OrderCsv } from "@audiences/engine/imports/rows/OrderCsv"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Result } from "effect"

const retail = { invoice: "orderId", invoice_date: "orderedAt", customer_id: "externalId", total_price: "total" }

const read = (header: string, row: string, mapping = {}) =>
  new OrderCsv({ line: 1, cells: header.split(",") }, mapping).row({ line: 2, cells: row.split(",") })

const messages = (header: string, row: string) => {
  const { issues } = Result.getOrThrow(Result.flip(read(header, row)))
  return issues.map(({ message, path }) => [path.map(({ key }) => key).join("."), message] as const)
}

const refusal = (header: string, mapping = {}) => {
  try {
    read(header, "", mapping)
  } catch (error) {
    if (error instanceof FileRefused) return error.message
    throw error
  }
  return undefined
}

describe("OrderCsv", () => {
  it("reads an order, its owner in the form of comparison", () => {
    const { orderedAt, ...order } = Result.getOrThrow(
      read(
        "Order ID,E-Mail,phone,external_id,Ordered At,TOTAL,note",
        " 7 ,Ada@Example.com,,Straße,2026-01-02T03:04:05+01:00,1.50,x"
      )
    )
    assert.deepStrictEqual(order, {
      line: 2,
      orderId: "7",
      total: "1.50",
      owner: { email: "ada@example.com", phone: null, externalId: "strasse" }
    })
    assert.strictEqual(DateTime.formatIso(orderedAt), "2026-01-02T02:04:05.000Z")
  })

  it("reads the retail sample by a mapping", () => {
    const order = Result.getOrThrow(
      read("invoice,invoice_date,customer_id,total_price", "536365,2010-12-01,17850,139.12", retail)
    )
    assert.deepInclude(order, { orderId: "536365", total: "139.12" })
    assert.strictEqual(order.owner.externalId, "17850")
    assert.strictEqual(DateTime.formatIso(order.orderedAt), "2010-12-01T00:00:00.000Z")
  })

  it("says everything that is wrong with a row", () => {
    assert.deepStrictEqual(messages("orderId,email,orderedAt,total", ",,,"), [
      ["orderId", "The cell is blank"],
      ["orderedAt", "The cell is blank"],
      ["total", "The cell is blank"],
      ["", "None of email, phone and externalId is given"]
    ])
    const wrong = messages("orderId,email,orderedAt,total", "7,nobody,yesterday,1.234.5")
    assert.deepStrictEqual(
      wrong.map(([path]) => path),
      ["orderedAt", "total", "email"]
    )
    assert.match(messages("orderId,email,orderedAt,total", "7,a@b.co")[0]![1], /has 2 cells where the header has 4/)
    assert.lengthOf(messages("orderId,email,orderedAt,total", "7,a@b.co,2026-01-01,-1"), 1)
  })

  it("refuses a header that is none of orders, saying what is missing", () => {
    assert.include(
      refusal("orderId,when,total"),
      'it lacks orderedAt, one of email, phone, externalId. Found: "orderId", "when", "total".'
    )
    assert.include(refusal("invoice,invoice_date,customer_id,total_price"), "A mapping can say")
    assert.include(refusal("orderId,email,orderedAt,total", { total: "ltv" }), "it lacks total")
  })
})

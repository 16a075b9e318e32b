import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { consumersOf } from "../retail/RetailSample.ts"

const file = (name: string) => readFileSync(new URL(`../../examples/retail/${name}`, import.meta.url), "utf8")

describe("the retail sample", () => {
  it("is what its generator makes of the invoices", () => {
    assert.strictEqual(file("consumers.csv"), consumersOf(file("invoices.csv")), "run `npm run generate:retail`")
  })

  it("has every customer once and keeps the sum of all invoices", () => {
    const rows = file("consumers.csv")
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(","))
    assert.strictEqual(rows.length, 4338)
    assert.strictEqual(new Set(rows.map(([id]) => id)).size, 4338)
    assert.strictEqual(
      rows.reduce((sum, [, orders]) => sum + Number(orders), 0),
      18532
    )
    const sum = (amounts: Array<string>) =>
      amounts.reduce((total, amount) => total + BigInt(Math.round(Number(amount) * 100)), 0n)
    const invoices = file("invoices.csv")
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(",")[3]!)
    assert.strictEqual(sum(rows.map(([, , ltv]) => ltv!)), sum(invoices))
  })

  it("rounds the average half to even at the eighth decimal", () => {
    const header = "invoice,invoice_date,customer_id,total_price\n"
    assert.include(
      consumersOf(`${header}1,2011-01-01,7,1.00\n2,2011-01-02,7,0\n3,2011-01-02,7,0\n`),
      "7,3,1,0.33333333,2011-01-02T00:00:00Z"
    )
    assert.include(
      consumersOf(`${header}1,2011-01-01,7,2.00\n2,2011-01-02,7,0\n3,2011-01-02,7,0\n`),
      "7,3,2,0.66666667,2011-01-02T00:00:00Z"
    )
  })
})

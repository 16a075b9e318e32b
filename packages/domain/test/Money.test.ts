import { canonicalMoney, Money } from "@audiences/domain/Money"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const isMoney = Schema.is(Money)
const amount = Schema.String.check(Schema.isPattern(/^\d{1,12}(\.\d{1,8})?$/u))

const unitsOf = (text: string): bigint => {
  const [whole = "", fraction = ""] = text.split(".")
  return BigInt(whole + fraction.padEnd(8, "0"))
}

describe("Money", () => {
  it.each(["0", "00", "1234.50", "999999999999.99999999", "0.00000001"])("takes %s", (text) => {
    assert.isTrue(isMoney(text))
  })

  it.each([
    "",
    "-1",
    "+1",
    ".5",
    "1.",
    "1,5",
    "1e3",
    " 1",
    "1 ",
    "1\n",
    "1000000000000",
    "0.000000001",
    "١",
    "NaN",
    5,
    null
  ])("refuses %j", (text) => {
    assert.isFalse(isMoney(text))
  })

  it.each([
    ["0", "0"],
    ["000", "0"],
    ["0.00", "0"],
    ["007.50", "7.5"],
    ["10", "10"],
    ["100.000", "100"],
    ["0.10", "0.1"]
  ])("shortens %s to %s", (text, shortest) => {
    assert.strictEqual(canonicalMoney(text), shortest)
  })

  it.prop("has one shortest form for each amount", [amount], ([text]) => {
    const shortest = canonicalMoney(text)
    assert.isTrue(isMoney(shortest))
    assert.strictEqual(unitsOf(shortest), unitsOf(text))
    assert.strictEqual(canonicalMoney(shortest), shortest)
    assert.strictEqual(canonicalMoney(text.includes(".") ? text : `${text}.00`), shortest)
    assert.match(shortest, /^(0|[1-9]\d*)(\.\d*[1-9])?$/)
  })
})

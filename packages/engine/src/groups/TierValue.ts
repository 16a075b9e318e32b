import { Result } from "effect"
import { compareMoney, type Reader, readMoney, readNumber } from "../rules/RuleValue.ts"

/** What a range of tiers begins or ends at: an amount of money is text. */
export type TierValue = string | number

const decimal = /^-?\d+(\.\d+)?$/

/** Whether two plain decimals are the same but for zeros that say nothing. */
const isSame = (a: string, b: string) => plain(a) === plain(b)

const plain = (text: string): string => {
  const [whole = "", fraction = ""] = text.replace("-", "").split(".")
  const digits = `${whole.replace(/^0+/, "")}.${fraction.replace(/0+$/, "")}`
  return text.startsWith("-") && digits !== "." ? `-${digits}` : digits
}

/** The shortest decimal that is this number, without an exponent. */
const decimalOf = (value: number): string => {
  const [digits = "", exponent = "0"] = Math.abs(value).toExponential().split("e")
  const [whole = "", fraction = ""] = digits.split(".")
  const shift = Number(exponent)
  const all = shift < 0 ? "0".repeat(-shift) + whole + fraction : (whole + fraction).padEnd(shift + 1, "0")
  const point = Math.max(1, shift + 1)
  return `${value < 0 ? "-" : ""}${all.slice(0, point)}.${all.slice(point)}`
}

/** Of an attribute that is a number, as text or number. */
const readDecimal: Reader<number> = (value) => {
  const read = typeof value === "string" && decimal.test(value) ? Number(value) : value
  if (typeof value !== "string" || typeof read !== "number" || !Number.isFinite(read)) return readNumber(value)
  return isSame(value, decimalOf(read))
    ? readNumber(read)
    : Result.fail(
        `${value.length > 60 ? `${value.slice(0, 60)}…` : value} has more digits than a number carries: the nearest is ${read}`
      )
}

/** How the values of an attribute of a kind are read and ordered. */
export const tierValues = (kind: "number" | "money") =>
  kind === "money"
    ? {
        read: readMoney as Reader<TierValue>,
        compare: (a: TierValue, b: TierValue) => compareMoney(String(a), String(b))
      }
    : { read: readDecimal as Reader<TierValue>, compare: (a: TierValue, b: TierValue) => Number(a) - Number(b) }

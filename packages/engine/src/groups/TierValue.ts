import { compareMoney, type Reader, readMoney, readNumber } from "../rules/RuleValue.ts"

/** What a range of tiers begins or ends at: an amount of money is text. */
export type TierValue = string | number

const decimal = /^-?\d+(\.\d+)?$/

/** Of an attribute that is a number, as text or number. */
const readDecimal: Reader<number> = (value) =>
  typeof value === "string" && decimal.test(value) && Number.isFinite(Number(value))
    ? readNumber(Number(value))
    : readNumber(value)

/** How the values of an attribute of a kind are read and ordered. */
export const tierValues = (kind: "number" | "money") =>
  kind === "money"
    ? {
        read: readMoney as Reader<TierValue>,
        compare: (a: TierValue, b: TierValue) => compareMoney(String(a), String(b))
      }
    : { read: readDecimal as Reader<TierValue>, compare: (a: TierValue, b: TierValue) => Number(a) - Number(b) }

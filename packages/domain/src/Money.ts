import { Schema } from "effect"

const pattern = /^\d{1,12}(\.\d{1,8})?$/u

/** An amount as a decimal string of at most 12 digits before and 8 after the point. Never a float. */
export const Money = Schema.String.check(
  Schema.isPattern(pattern, { expected: 'a decimal string such as "1234.50" (at most 12 digits, 8 decimals)' })
)
export type Money = typeof Money.Type

/** The shortest form of the same amount: `007.50` is `7.5`. */
export const canonicalMoney = (text: Money): Money => {
  const [whole = "", fraction = ""] = text.split(".")
  const digits = fraction.replace(/0+$/, "")
  return whole.replace(/^0+(?=\d)/, "") + (digits === "" ? "" : `.${digits}`)
}

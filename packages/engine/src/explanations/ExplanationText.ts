import type { FieldReference } from "@audiences/domain/ConsumerField"
import type { RuleLine, RuleOperator } from "@audiences/domain/Rule"
import { wireValue } from "./ConsumerFacts.ts"
import type { Change } from "./SmallestChange.ts"

const words: Record<RuleOperator, string> = {
  EQUALS: "is",
  NOT_EQUALS: "is not",
  GREATER_THAN: "is above",
  GREATER_THAN_OR_EQUAL: "is at least",
  LESS_THAN: "is below",
  LESS_THAN_OR_EQUAL: "is at most",
  BETWEEN: "is from",
  CONTAINS: "contains",
  NOT_CONTAINS: "does not contain",
  IN: "is one of",
  NOT_IN: "is none of",
  EXISTS: "has a value",
  NOT_EXISTS: "has no value"
}

/** Lists are cut off in sentences. */
const mostShown = 5

const shown = (value: unknown): string => (value === null || value === undefined ? "missing" : JSON.stringify(value))

const listed = (values: ReadonlyArray<unknown>, between: string): string =>
  values.slice(0, mostShown).map(shown).join(between) + (values.length > mostShown ? " …" : "")

/** Such as `ltv is above 100: no, it is "80"`. */
export const ruleText = ({ field, operator, values }: RuleLine, holds: boolean, value: unknown): string => {
  const question = [field, words[operator], listed(values, operator === "BETWEEN" ? " to " : ", ")].join(" ").trimEnd()
  return `${question}: ${holds ? "yes" : "no"}, it is ${shown(value)}`
}

export const fieldName = (field: FieldReference): string =>
  field._tag === "Attribute" ? field.name : `metadata.${field.key}`

const counted: Readonly<Record<string, readonly [string, string]>> = {
  totalOrders: ["order", "orders"],
  totalReturns: ["return", "returns"],
  totalMessages: ["message", "messages"],
  totalEngagements: ["engagement", "engagements"],
  loyaltyBalance: ["loyalty point", "loyalty points"]
}

/** At least the two decimals in which people write amounts. */
const amount = (decimal: string): string => {
  const [whole = "", fraction = ""] = decimal.split(".")
  return `${whole}.${fraction.padEnd(2, "0")}`
}

/** Such as `2 more orders`, `ltv 20.00 more` or `email "ada@example.com"`. */
export const changeText = ({ field, from, to }: Change): string => {
  const name = fieldName(field)
  if (to === null) return `${name} removed`
  if (typeof from === "number" && typeof to === "number" && (field._tag === "Metadata" || field.kind === "number")) {
    const by = Math.abs(to - from)
    const noun = Number.isInteger(by) ? counted[name] : undefined
    if (noun !== undefined) return `${by} ${to > from ? "more" : "fewer"} ${noun[by === 1 ? 0 : 1]}`
    // Differences of doubles are not always what people would write.
    return Number.isInteger(by) ? `${name} ${by} ${to > from ? "more" : "less"}` : `${name} ${to}`
  }
  if (typeof from === "bigint" && typeof to === "bigint") {
    const by = wireValue(field, to > from ? to - from : from - to)
    return `${name} ${amount(String(by))} ${to > from ? "more" : "less"}`
  }
  const value = wireValue(field, to)
  return field._tag === "Attribute" && field.kind === "instant" ? `${name} ${String(value)}` : `${name} ${shown(value)}`
}

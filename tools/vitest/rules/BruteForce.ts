import type { RuleLine } from "@audiences/domain/Rule"

/**
 * The rule language once more, word for word from `docs/rules.md` and with nothing of the compiler: slow, and the judge of every
 * evaluator. Rules must be valid.
 */
export type WireConsumer = Readonly<Record<string, unknown>>

const aliases: Readonly<Record<string, string>> = {
  totalOrderValue: "ltv",
  totalSpend: "ltv",
  lifetimeSpend: "ltv",
  averageOrderValue: "aov",
  loyaltyPoints: "loyaltyBalance",
  externalId: "primaryExternalId",
  lastPurchaseAt: "lastOrderAt",
  lastActivityAt: "lastEngagedAt"
}

/** NFC, then every code point to upper and to lower case, then NFC. */
export const plainFold = (text: string): string => {
  const upper = [...text.normalize("NFC")].map((codePoint) => codePoint.toUpperCase()).join("")
  return [...upper]
    .map((codePoint) => codePoint.toLowerCase())
    .join("")
    .normalize("NFC")
}

const valueOf = (consumer: WireConsumer, field: string): unknown => {
  if (field === "emailDomain") return typeof consumer.email === "string" ? consumer.email.split("@").at(-1) : null
  if (!field.startsWith("metadata.")) return consumer[aliases[field] ?? field]
  const metadata = consumer.metadata as Readonly<Record<string, unknown>> | null | undefined
  const key = field.slice("metadata.".length)
  return metadata && Object.hasOwn(metadata, key) ? metadata[key] : null
}

const isMissing = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0)

/** Amounts as whole numbers of 10⁻⁸, whatever they are written with. */
const amountOf = (value: unknown): bigint => {
  const text = typeof value === "number" ? value.toFixed(8) : String(value)
  const [whole = "", fraction = ""] = text.replace("-", "").split(".")
  const units = BigInt(whole) * 10n ** 8n + BigInt((fraction + "00000000").slice(0, 8))
  return text.startsWith("-") ? -units : units
}

const millisOf = (value: unknown, now: number): number => {
  const text = String(value)
  const sign = text.startsWith("-") ? -1 : 1
  if (!text.replace(/^[+-]/, "").startsWith("P")) return Date.parse(text)
  const [days = "", time = ""] = text.replace(/^[+-]?P/, "").split("T")
  const count = (part: string, unit: string) => Number(new RegExp(`(\\d+)${unit}`).exec(part)?.[1] ?? 0)
  const seconds =
    ((count(days, "W") * 7 + count(days, "D")) * 24 + count(time, "H")) * 3600 +
    count(time, "M") * 60 +
    count(time, "S")
  return now + sign * seconds * 1000
}

/** Brings a value into the form in which values of the field compare. */
const comparable = (field: string, value: unknown, now: number): unknown => {
  const name = aliases[field] ?? field
  if (name === "ltv" || name === "aov") return amountOf(value)
  if (!name.startsWith("metadata.") && name.endsWith("At")) return millisOf(value, now)
  return typeof value === "string" ? plainFold(value) : value
}

/** Whether a positive operator holds of a value that is there. */
const holds = (
  field: string,
  operator: string,
  value: unknown,
  wanted: ReadonlyArray<unknown>,
  now: number
): boolean => {
  if (operator === "EXISTS") return true
  const [first, second] = wanted.map((each) => comparable(field, each, now)) as [never, never]
  if (Array.isArray(value)) {
    const elements = value.map((each) => (typeof each === "string" ? plainFold(each) : each))
    return (
      ["EQUALS", "IN", "CONTAINS"].includes(operator) &&
      wanted.some((each) => elements.includes(comparable(field, each, now)))
    )
  }
  const own = comparable(field, value, now) as never
  switch (operator) {
    case "EQUALS":
    case "IN":
      return wanted.some((each) => comparable(field, each, now) === own)
    case "CONTAINS":
      return typeof own === "string" && typeof first === "string" && (own as string).includes(first)
  }
  if (typeof own !== typeof first) return false
  switch (operator) {
    case "GREATER_THAN":
      return own > first
    case "GREATER_THAN_OR_EQUAL":
      return own >= first
    case "LESS_THAN":
      return own < first
    case "LESS_THAN_OR_EQUAL":
      return own <= first
    case "BETWEEN":
      return first <= own && own <= second
    default:
      throw new Error(`No such operator: ${operator}`)
  }
}

const lineHolds = ({ field, operator, values }: RuleLine, consumer: WireConsumer, now: number): boolean => {
  const negative = operator.startsWith("NOT_")
  const value = valueOf(consumer, field)
  const positive = !isMissing(value) && holds(field, operator.replace("NOT_", ""), value, values, now)
  return negative ? !positive : positive
}

/** Whether the rules make somebody a member at an instant. */
export const isMember = (lines: ReadonlyArray<RuleLine>, consumer: WireConsumer, now: number): boolean => {
  if (consumer.archived === true) return false
  const groups = Map.groupBy(lines, (line) => line.groupId?.toLowerCase() ?? "none")
  return [...groups.values()].some((group) => group.every((line) => lineHolds(line, consumer, now)))
}

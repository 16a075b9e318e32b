import type { FieldReference } from "@audiences/domain/ConsumerField"
import { moneyUnits } from "../rules/ComparedConsumer.ts"
import type { Bound, Condition, Moment } from "../rules/Condition.ts"

/** One line of rules. */
export type LineCondition = Exclude<Condition, { readonly _tag: "All" | "Any" }>

/** Units of 10⁻⁸ in the smallest step of an amount that people speak of. */
const cent = 1_000_000n

const someTexts: Readonly<Record<string, string>> = { email: "someone@example.com", phone: "+10000000000" }

/** Values of a field by which the answer of a line would become the one wanted, those close to the present value among them. */
export const wishes = (
  condition: LineCondition,
  wanted: boolean,
  field: FieldReference,
  current: unknown,
  now: number
): ReadonlyArray<unknown> => {
  switch (condition._tag) {
    case "Not":
      return wishes(condition.condition as LineCondition, !wanted, field, current, now)
    case "Exists":
      if (!wanted) return [null]
      return field._tag === "Attribute" && field.kind === "instant"
        ? [now]
        : [(field._tag === "Attribute" ? someTexts[field.name] : undefined) ?? "x"]
    case "MetadataExists":
      return wanted ? [true] : [null]
    case "TextOneOf":
      return wanted ? condition.values : [null, "active", "inactive", "x", "+10000000000", "someone@example.com"]
    case "TextContains":
      return wanted ? containing(condition.text, current) : lacking(condition.text, current)
    case "NumberOneOf":
      return wanted ? condition.values : beside(current)
    case "MoneyOneOf":
      return wanted ? condition.values.map(moneyUnits) : besideUnits(current)
    case "InstantOneOf":
      return wanted ? condition.values : [...beside(current), null]
    case "BooleanIs":
      return [condition.value === wanted]
    case "NumberWithin":
      return within(condition, wanted, wholeBelow, wholeAbove)
    case "MoneyWithin":
      return within(
        units(condition),
        wanted,
        (value) => value - cent,
        (value) => value + cent
      )
    case "InstantWithin":
      return instants(condition, wanted, now)
    case "MetadataOneOf":
      return wanted ? condition.values : [null]
    case "MetadataContains":
      return wanted ? [...extended(condition.value, current), condition.value, [condition.value]] : [null]
    case "MetadataWithin":
      return wanted
        ? within(condition, true, wholeBelow, wholeAbove)
        : [...within(condition, false, wholeBelow, wholeAbove), null]
  }
}

const textOr = (current: unknown): string => (typeof current === "string" ? current : "")

const containing = (part: string, current: unknown) => [
  textOr(current) + part,
  part + textOr(current),
  part,
  `someone@${part}`,
  `${part}@example.com`,
  `someone${part}`
]

const lacking = (part: string, current: unknown) => [null, textOr(current).replaceAll(part, ""), "x"]

const extended = (value: unknown, current: unknown) =>
  Array.isArray(current)
    ? [[...(current as ReadonlyArray<unknown>), value]]
    : typeof current === "string" && typeof value === "string"
      ? [current + value]
      : []

const beside = (current: unknown) =>
  typeof current === "number" ? [1, -1, 2, -2, 3, -3].map((step) => current + step) : [0]

const besideUnits = (current: unknown) =>
  typeof current === "bigint" ? [1n, -1n, 2n, -2n, 3n, -3n].map((step) => current + step * cent) : [0n]

const wholeBelow = (value: number) => Math.ceil(value) - 1
const wholeAbove = (value: number) => Math.floor(value) + 1

interface Range<Value> {
  readonly low?: Bound<Value>
  readonly high?: Bound<Value>
}

const within = <Value>(
  { high, low }: Range<Value>,
  wanted: boolean,
  below: (value: Value) => Value,
  above: (value: Value) => Value
): ReadonlyArray<Value> => {
  const end = (bound: Bound<Value> | undefined, inside: (value: Value) => Value, outside: (value: Value) => Value) =>
    bound === undefined ? [] : [bound.inclusive === wanted ? bound.value : (wanted ? inside : outside)(bound.value)]
  return [...end(low, above, below), ...end(high, below, above)]
}

const units = ({ high, low }: Range<string>): Range<bigint> => ({
  ...(low === undefined ? {} : { low: { ...low, value: moneyUnits(low.value) } }),
  ...(high === undefined ? {} : { high: { ...high, value: moneyUnits(high.value) } })
})

/** Ends that move along with now are not kept up with by a value just inside: now itself is tried first. */
const instants = ({ high, low }: Range<Moment>, wanted: boolean, now: number) => {
  const at = (bound: Bound<Moment>): Bound<number> => ({
    ...bound,
    value: bound.value._tag === "At" ? bound.value.epochMillis : now + bound.value.offsetMillis
  })
  const range = {
    ...(low === undefined ? {} : { low: at(low) }),
    ...(high === undefined ? {} : { high: at(high) })
  }
  const ends = within(
    range,
    wanted,
    (value) => value - 1,
    (value) => value + 1
  )
  const moves = low?.value._tag === "Relative" || high?.value._tag === "Relative"
  return [...(moves ? [now] : []), ...ends, ...(wanted ? [] : [null])]
}

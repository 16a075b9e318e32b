import type { ConsumerFieldName } from "@audiences/domain/ConsumerField"
import { type ComparedConsumer, moneyUnits, slotOf } from "./ComparedConsumer.ts"
import type { Bound, Condition, MetadataContains, MetadataOneOf, Moment } from "./Condition.ts"

/** Whether a condition holds of a live consumer at an instant, in milliseconds since 1970. */
export type ConsumerPredicate = (consumer: ComparedConsumer, now: number) => boolean

/**
 * Compiled once and asked of many. The condition becomes the source of one function: nested closures take three times as long. Of
 * what callers wrote only the keys of metadata get into the source, as JSON; values are constants beside it.
 */
export const compilePredicate = (condition: Condition): ConsumerPredicate => {
  const constants: Array<unknown> = []
  const source = expression(condition, (value) => `k${constants.push(value) - 1}`)
  return factoryOf(source, constants.length)(...constants)
}

type Factory = (...constants: ReadonlyArray<unknown>) => ConsumerPredicate

/** Conditions of one shape share their code, and so what the engine has learned of it. */
const factories = new Map<string, Factory>()
const mostFactories = 2000

const factoryOf = (source: string, constants: number): Factory => {
  const known = factories.get(source)
  if (known !== undefined) return known
  const names = Array.from({ length: constants }, (_, i) => `k${i}`)
  const made = new Function(...names, `return ({ values: v, metadata: m }, now) => ${source}`) as Factory
  if (factories.size >= mostFactories) factories.clear()
  factories.set(source, made)
  return made
}

/** Makes a constant, and returns its name. */
type Constant = (value: unknown) => string

const expression = (condition: Condition, constant: Constant): string => {
  switch (condition._tag) {
    case "Exists":
      return `${field(condition.field)} !== null`
    case "TextOneOf":
    case "NumberOneOf":
    case "InstantOneOf":
      return isOneOf(field(condition.field), condition.values, constant)
    case "MoneyOneOf":
      return isOneOf(field(condition.field), condition.values.map(moneyUnits), constant)
    case "TextContains":
      return `(${field(condition.field)} !== null && ${field(condition.field)}.includes(${constant(condition.text)}))`
    case "NumberWithin":
      return isWithin(field(condition.field), condition, constant)
    case "MoneyWithin":
      return isWithin(field(condition.field), condition, (value) => constant(moneyUnits(value)))
    case "InstantWithin":
      return isWithin(field(condition.field), condition, (moment) => momentOf(moment, constant))
    case "BooleanIs":
      return `${field(condition.field)} === ${condition.value}`
    case "MetadataExists": {
      const value = metadata(condition.key, constant)
      return `(${value} != null && !(Array.isArray(${value}) && ${value}.length === 0))`
    }
    case "MetadataOneOf":
      return isOneOfMetadata(condition, constant)
    case "MetadataContains":
      return isPartOfMetadata(condition, constant)
    case "MetadataWithin": {
      const value = metadata(condition.key, constant)
      return `(typeof ${value} === "number" && ${isWithin(value, condition, constant)})`
    }
    case "Not":
      return `!(${expression(condition.condition, constant)})`
    case "All":
      return joined(condition.conditions, " && ", "true", constant)
    case "Any":
      return joined(condition.conditions, " || ", "false", constant)
  }
}

const joined = (conditions: ReadonlyArray<Condition>, operator: string, none: string, constant: Constant): string =>
  conditions.length === 0 ? none : `(${conditions.map((each) => expression(each, constant)).join(operator)})`

const field = (name: ConsumerFieldName): string => `v[${slotOf[name]}]`

/** Own values only: an object without the key still answers to the names that every object has. */
const metadata = (key: string, constant: Constant): string => {
  if (!(key in Object.prototype)) return `m[${JSON.stringify(key)}]`
  const name = constant(key)
  return `(Object.hasOwn(m, ${name}) ? m[${name}] : undefined)`
}

/** Longer lists are looked up. */
const mostCompared = 4

const isOneOf = (value: string, wanted: ReadonlyArray<unknown>, constant: Constant): string =>
  wanted.length > mostCompared
    ? `${constant(new Set(wanted))}.has(${value})`
    : `(${wanted.map((each) => `${value} === ${constant(each)}`).join(" || ")})`

interface Range<Value> {
  readonly low?: Bound<Value>
  readonly high?: Bound<Value>
}

const isWithin = <Value>(value: string, { low, high }: Range<Value>, constant: (value: Value) => string): string => {
  // Compared with a number, null would be 0.
  const terms = [`${value} !== null`]
  if (low !== undefined) terms.push(`${value} ${low.inclusive ? ">=" : ">"} ${constant(low.value)}`)
  if (high !== undefined) terms.push(`${value} ${high.inclusive ? "<=" : "<"} ${constant(high.value)}`)
  return `(${terms.join(" && ")})`
}

const momentOf = (moment: Moment, constant: Constant): string =>
  moment._tag === "At" ? constant(moment.epochMillis) : `now + ${constant(moment.offsetMillis)}`

const isOneOfMetadata = ({ key, values }: MetadataOneOf, constant: Constant): string => {
  const value = metadata(key, constant)
  const equals = isOneOf(value, values, constant)
  const [only] = values
  const holds =
    values.length === 1
      ? `${value}.includes(${constant(only)})`
      : `${value}.some((each) => ${isOneOf("each", values, constant)})`
  return `(${equals} || (Array.isArray(${value}) && ${holds}))`
}

const isPartOfMetadata = ({ key, value: wanted }: MetadataContains, constant: Constant): string => {
  const value = metadata(key, constant)
  const searched = `Array.isArray(${value})${typeof wanted === "string" ? ` || typeof ${value} === "string"` : ""}`
  return `((${searched}) && ${value}.includes(${constant(wanted)}))`
}

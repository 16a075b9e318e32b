import { resolved, type WireField, type WireType } from "./Wire.ts"

/** A valid body with one thing wrong, and the whole 400 that is due. */
export interface Mutation {
  readonly what: string
  readonly body: unknown
  readonly refusal: unknown
}

type Keys = ReadonlyArray<string | number>

const kinds: ReadonlyArray<unknown> = [null, true, 5, "NO_SUCH_VALUE", [], {}]

/** The kinds of JSON values that a type takes, in the words of a refusal. */
const shapes = (reference: WireType): ReadonlyArray<string> => {
  const { type } = resolved(reference)
  switch (type.kind) {
    case "enum":
      return type.values.map((value) => JSON.stringify(value))
    case "union":
      // What is no list comes first; the order says nothing.
      return type.of.flatMap(shapes).toSorted((a, b) => Number(a === "array") - Number(b === "array"))
    case "integer":
      return ["number"]
    default:
      return [type.kind]
  }
}

const kindOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : typeof value === "object" ? "object" : typeof value

const received = (value: unknown): string => {
  const kind = kindOf(value)
  return kind === "object"
    ? "Object"
    : kind === "array"
      ? "Array"
      : value === undefined
        ? "undefined"
        : JSON.stringify(value)
}

const lookUp = (value: unknown, keys: Keys): unknown =>
  keys.reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], value)

/** The same value with another one, or none, at a place. */
const changed = (value: unknown, [key, ...rest]: Keys, replacement: unknown): unknown => {
  if (key === undefined) return replacement
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, unknown>
  if (rest.length === 0 && replacement === undefined) delete copy[key]
  else copy[key] = changed(copy[key], rest, replacement)
  return copy
}

/** The path of an issue as the published form has it: the container of the last key is echoed, unless it is large. */
const pathOf = (body: unknown, keys: Keys, origin: "key" | "value") =>
  keys.map((key, i) => {
    const container = lookUp(body, keys.slice(0, i))
    const isLast = i === keys.length - 1
    const name = Array.isArray(container) ? "Array" : "Object"
    const json = JSON.stringify(container)
    return {
      type: name.toLowerCase(),
      origin: isLast ? origin : "value",
      input: isLast && json.length <= 1000 ? (JSON.parse(json) as unknown) : name,
      key
    }
  })

export const missing = (body: unknown, keys: Keys) => {
  const expected = JSON.stringify(keys.at(-1))
  const message = `Invalid key: Expected ${expected} but received undefined`
  return { kind: "schema", type: "object", expected, received: "undefined", message, path: pathOf(body, keys, "key") }
}

const wrong = (body: unknown, keys: Keys, expected: ReadonlyArray<string>) => {
  const value = received(lookUp(body, keys))
  const text = expected.join(" | ")
  return {
    kind: "schema",
    type: expected.length > 1 ? "union" : text,
    expected: text,
    received: value,
    message: `Invalid type: Expected ${text} but received ${value}`,
    path: pathOf(body, keys, "value")
  }
}

/** What a text of the wrong form is told. */
const forms: Readonly<Record<string, readonly [type: string, expected: string]>> = {
  uuid: ["uuid", "a UUID"],
  email: ["pattern", "an email address"]
}

const malformed = (body: unknown, keys: Keys, [type, expected]: readonly [string, string]) => {
  const value = received(lookUp(body, keys))
  const message = `Invalid value: Expected ${expected} but received ${value}`
  return { kind: "validation", type, expected, received: value, message, path: pathOf(body, keys, "value") }
}

const refused = (issue: unknown) => ({ error: "validation_error", issues: [issue] })

/** Every way to break one key of a valid body: it is not there, its value is of each kind that its type does not take, or it
 * is a text of another form. */
export const mutationsOf = (
  body: unknown,
  reference: WireType,
  keys: Keys = [],
  { format, nullable = false, required = false }: Partial<WireField> = {}
): ReadonlyArray<Mutation> => {
  const { type } = resolved(reference)
  const own = [...shapes(reference), ...(nullable ? ["null"] : [])]
  const takes = (value: unknown) => own.includes("unknown") || own.includes(kindOf(value))
  const replaced = kinds
    .filter((value) => !takes(value))
    .map((value) => {
      const broken = changed(body, keys, value)
      return {
        what: `${keys.join(".")} = ${JSON.stringify(value)}`,
        body: broken,
        refusal: refused(wrong(broken, keys, own))
      }
    })
  const without = changed(body, keys, undefined)
  const removed = required
    ? [{ what: `no ${keys.join(".")}`, body: without, refusal: refused(missing(without, keys)) }]
    : []
  const form = forms[format ?? ""]
  const garbled = changed(body, keys, "NO_SUCH_VALUE")
  const deformed =
    form === undefined
      ? []
      : [{ what: `no ${form[1]} ${keys.join(".")}`, body: garbled, refusal: refused(malformed(garbled, keys, form)) }]
  return [...removed, ...deformed, ...replaced, ...inside(body, type, keys)]
}

const inside = (body: unknown, type: WireType, keys: Keys): ReadonlyArray<Mutation> => {
  const value = lookUp(body, keys)
  if (type.kind === "array" && Array.isArray(value))
    return value.length === 0 ? [] : mutationsOf(body, type.items, [...keys, value.length - 1])
  if (type.kind !== "object" || kindOf(value) !== "object") return []
  const present = Object.keys(value as object)
  const known = Object.entries(type.fields).filter(([key]) => present.includes(key))
  const { additional } = type
  const other = present.find((key) => !Object.hasOwn(type.fields, key))
  return [
    ...known.flatMap(([key, field]) => mutationsOf(body, field.type, [...keys, key], field)),
    ...(additional === undefined || other === undefined ? [] : mutationsOf(body, additional, [...keys, other]))
  ]
}

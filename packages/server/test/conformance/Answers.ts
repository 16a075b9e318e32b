import { extensionFields, isLeftOut } from "./Deviations.ts"
import { resolved, type WireConstraints, type WireType } from "./Wire.ts"

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/

const formats: Readonly<Record<string, (text: string) => boolean>> = {
  uuid: (text) => uuid.test(text),
  "date-time": (text) => instant.test(text) && !Number.isNaN(Date.parse(text)),
  email: (text) => /^[^\s@]+@[^\s@]+$/.test(text)
}

const broken = (
  value: unknown,
  { format, maximum, minLength, minimum, pattern }: WireConstraints
): string | undefined => {
  if (typeof value === "string") {
    if (format !== undefined && formats[format]?.(value) !== true) return `is no ${format}`
    if (pattern !== undefined && !new RegExp(pattern).test(value)) return `does not match ${pattern}`
    if (minLength !== undefined && [...value].length < minLength) return `is shorter than ${minLength}`
  }
  if (typeof value === "number") {
    if (minimum !== undefined && value < minimum) return `is less than ${minimum}`
    if (maximum !== undefined && value > maximum) return `is more than ${maximum}`
  }
  return undefined
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** What of an answer, or a part of it, is not as its published type says. `label` is how the lists name the part, `place` where it stands. */
export const problemsOf = (
  value: unknown,
  reference: WireType,
  { constraints = {}, label = "", nullable = false, place = "$" }: Place = {}
): ReadonlyArray<string> => {
  const { name = label, type } = resolved(reference)
  const no = (what: string) => [`${place} (${name}) ${what}: ${JSON.stringify(value)?.slice(0, 100)}`]
  if (value === null && type.kind !== "union")
    return nullable || ["null", "unknown"].includes(type.kind) ? [] : no("is null")
  const problem = broken(value, constraints)
  if (problem !== undefined) return no(problem)
  switch (type.kind) {
    case "unknown":
      return []
    case "null":
      return no("is not null")
    case "integer":
      return Number.isInteger(value) ? [] : no("is no integer")
    case "enum":
      return type.values.includes(value as string) ? [] : no("is none of the values")
    case "array":
      return Array.isArray(value)
        ? value.flatMap((each, i) => problemsOf(each, type.items, { label: `${name}[]`, place: `${place}[${i}]` }))
        : no("is no array")
    case "union": {
      if (value === null && nullable) return []
      const attempts = type.of.map((member) => problemsOf(value, member, { label: name, place }))
      return attempts.some((each) => each.length === 0) ? [] : attempts.reduce((a, b) => (b.length < a.length ? b : a))
    }
    case "object":
      return isRecord(value) ? fieldProblems(value, type, name, place) : no("is no object")
    default:
      return typeof value === type.kind ? [] : no(`is no ${type.kind}`)
  }
}

interface Place {
  readonly label?: string
  readonly place?: string
  readonly nullable?: boolean
  readonly constraints?: WireConstraints
}

const fieldProblems = (
  value: Readonly<Record<string, unknown>>,
  { additional, fields }: Extract<WireType, { readonly kind: "object" }>,
  name: string,
  place: string
): ReadonlyArray<string> => {
  const published = Object.entries(fields).flatMap(([key, { nullable, type, ...constraints }]) => {
    const label = `${name}.${key}`
    if (!Object.hasOwn(value, key)) return isLeftOut(label) ? [] : [`${place}.${key} (${label}) is missing`]
    return problemsOf(value[key], type, { label, place: `${place}.${key}`, nullable, constraints })
  })
  const others = Object.keys(value)
    .filter((key) => !Object.hasOwn(fields, key))
    .flatMap((key) => {
      if (additional !== undefined)
        return problemsOf(value[key], additional, { label: `${name}{}`, place: `${place}.${key}` })
      return extensionFields.includes(`${name}.${key}`) ? [] : [`${place}.${key} (${name}.${key}) is not published`]
    })
  return [...published, ...others]
}

import { Text } from "@audiences/domain/Scalar"
import { Arbitrary, Schema } from "effect"
import { randomRules } from "../../../../tools/vitest/rules/RandomRules.ts"
import { resolved, type WireField, type WireType } from "./Wire.ts"

type Values<A = unknown> = Arbitrary.Arbitrary<A>

const oneOf = <A>(values: ReadonlyArray<A>): Values<A> =>
  Arbitrary.schema(Schema.Literals(values.map((_, i) => i))).pipe(Arbitrary.map((i) => values[i]!))

const choose = (choices: ReadonlyArray<Values>): Values => oneOf(choices).pipe(Arbitrary.flatMap((choice) => choice))

const text = choose([
  Arbitrary.schema(Text),
  oneOf([
    "",
    " ",
    "ẞ ß ss",
    "'; --",
    "%_\\",
    "💩",
    "\u202e",
    "null",
    "{}",
    "a\nb\tc",
    "e\u0301",
    "\uffff",
    "x".repeat(2000)
  ])
])
const number = choose([
  Arbitrary.schema(Schema.Finite),
  oneOf([0, -0, 1, -1, 0.1, 2 ** 53, 5e-324, 1.7976931348623157e308, -1e21])
])
const uuid = choose([
  Arbitrary.schema(Schema.String.check(Schema.isUUID())),
  oneOf(["00000000-0000-4000-8000-00000000000A", "0190a000-0000-7000-8000-0000000000aa"])
])
const instants = oneOf([
  "2026-01-31",
  "2026-01-31T09:30:00Z",
  "2026-01-31T09:30+01:00",
  "2026-01-31T23:59:59.999999-05:30",
  "0001-01-02T00:00:00.001Z",
  "9999-12-30T23:59:59.999Z"
])
const money = oneOf(["0", "007.50", "0.00000001", "999999999999.99999999", "12.3"])
const names = oneOf(["VIPs", " trimmed ", "x".repeat(255), "😀".repeat(255), "'; DROP TABLE audiences; --", "0"])
const anything = choose([text, number, Arbitrary.schema(Schema.Boolean), Arbitrary.Constant(null)])
const openMap = oneOf<Readonly<Record<string, unknown>>>([
  {},
  { a: null, "": [], nested: { deep: [1, [2, { x: "y" }]] }, __proto__x: 1, constructor: false },
  { ключ: "значение", n: -0.1, big: 1e300 }
])

/** Values of a published type mean more than the type says: what stands here is taken for the field or type of that name. */
const meanings: Readonly<Record<string, Values>> = {
  "AudienceCreate.name": names,
  "AudienceUpdate.name": names,
  "TierInput.name": names,
  "AudienceCreate.refreshIntervalSeconds": oneOf([1, 3600, 2_147_483_647]),
  "AudienceUpdate.refreshIntervalSeconds": oneOf([1, 3600, 2_147_483_647]),
  "SyncSourceInput.syncSource": oneOf(["klaviyo:list", "nobody:knows"]),
  "SyncSourceInput.syncSourceId": oneOf(["abc", " 1 "]),
  "ConsumerCreate.phone": Arbitrary.Constant("+15550000"),
  "ConsumerUpdate.phone": Arbitrary.Constant("+15550000"),
  "ConsumerCreate.aov": money,
  "ConsumerCreate.ltv": money,
  "MembersAdd.consumerIds[]": uuid,
  OpenMap: openMap,
  RuleNested: rule({}),
  RuleInput: rule({ audienceId: uuid }),
  RuleUpdate: rule({})
}

function rule(more: Readonly<Record<string, Values>>): Values {
  const placed = Arbitrary.all({ line: randomRules, position: oneOf([undefined, null, 0, 1.5, -3]), ...more })
  return placed.pipe(
    Arbitrary.map(({ line: [line], position, ...rest }) => ({
      ...line,
      ...rest,
      ...(position === undefined ? {} : { position })
    }))
  )
}

const meant = (
  label: string,
  { format, maximum, minimum, minLength, pattern }: Partial<WireField>
): Values | undefined => {
  if (Object.hasOwn(meanings, label)) return meanings[label]
  if (pattern !== undefined) return money
  if (minLength !== undefined) return names
  if (minimum !== undefined && maximum !== undefined) return oneOf([minimum, maximum])
  if (format === "uuid") return uuid
  if (format === "date-time") return instants
  if (format === "email") return Arbitrary.Constant("x@example.com")
  if (/^Consumer(Create|Update)\.\w+Rank$/.test(label)) return oneOf([0, 1, 5])
  if (/\w+At$/.test(label) && !label.includes("verification")) return instants
  return undefined
}

/** How many of the optional keys a body has: all of them, or some at random. */
export type Extent = "all" | "some"

/** Bodies of a published type. Identifiers are left for whoever sends them to make unique. */
export const requestOf = (reference: WireType, extent: Extent, label = "", field: Partial<WireField> = {}): Values => {
  const { name = label, type } = resolved(reference)
  const own = meant(label, field) ?? meant(name, field)
  if (own !== undefined) return own
  switch (type.kind) {
    case "number":
    case "integer":
      return number
    case "boolean":
      return Arbitrary.schema(Schema.Boolean)
    case "null":
      return Arbitrary.Constant(null)
    case "unknown":
      return anything
    case "enum":
      return oneOf(type.values)
    case "union":
      return choose(type.of.map((member) => requestOf(member, extent, name)))
    case "array":
      return Arbitrary.array(requestOf(type.items, extent, `${name}[]`), {
        minLength: extent === "all" ? 1 : 0,
        maxLength: 3
      })
    case "object":
      return objectOf(type, extent, name)
    default:
      return text
  }
}

const absent = Symbol("absent")

const objectOf = (
  { additional, fields }: Extract<WireType, { readonly kind: "object" }>,
  extent: Extent,
  name: string
): Values => {
  const known = Object.entries(fields).map(([key, field]): Values<readonly [string, unknown]> => {
    const value = requestOf(field.type, extent, `${name}.${key}`, field)
    const choices =
      extent === "all"
        ? [value]
        : [
            value,
            value,
            ...(field.nullable ? [Arbitrary.Constant(null)] : []),
            ...(field.required ? [] : [Arbitrary.Constant(absent)])
          ]
    return choose(choices).pipe(Arbitrary.map((each) => [key, each] as const))
  })
  const more =
    additional === undefined
      ? Arbitrary.Constant([])
      : Arbitrary.array(
          Arbitrary.all([oneOf(["plan", "a.b", "", "tags", "ß"]), requestOf(additional, extent, `${name}{}`)]),
          { minLength: extent === "all" ? 1 : 0, maxLength: 3 }
        )
  return Arbitrary.all([Arbitrary.all(known), more]).pipe(
    Arbitrary.map(([entries, others]) =>
      Object.fromEntries([...entries.filter(([, value]) => value !== absent), ...(others as Array<[string, unknown]>)])
    )
  )
}

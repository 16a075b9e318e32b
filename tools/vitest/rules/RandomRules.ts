import { consumerFields, fieldAliases, type FieldKind } from "@audiences/domain/ConsumerField"
import type { RuleLine } from "@audiences/domain/Rule"
import { Arbitrary, Schema, Struct } from "effect"
import type { WireConsumer } from "./BruteForce.ts"

/** Values are few, so that consumers and rules often meet, and each stands at some corner of the language. */
const texts = [
  "",
  " ",
  "a",
  "A",
  "ss",
  "ß",
  "SS",
  "straße",
  "STRASSE",
  "Strasse",
  "İ",
  "i",
  "ı",
  "I",
  "i̇",
  "ﬁ",
  "fi",
  "FI",
  "ΣΑΣ",
  "σας",
  "σασ",
  "é",
  "e\u0301",
  "É",
  "e",
  "\u0301",
  "%",
  "_",
  "a_c",
  "a%c",
  "\\",
  "'",
  '"',
  "null",
  "true",
  "5",
  "𝒳",
  "日本",
  "ᾳ",
  "αι",
  "ǰ",
  "a,b",
  "{}"
] as const

const numbers = [
  0,
  -0,
  1,
  -1,
  2,
  5,
  0.1,
  0.2,
  0.3,
  0.1 + 0.2,
  1.5,
  1e21,
  -1e21,
  5e-324,
  1.7976931348623157e308,
  9007199254740991,
  9007199254740992,
  1e-7
] as const

const amounts = [
  "0",
  "0.1",
  "0.2",
  "0.3",
  "0.30000001",
  "0.00000001",
  "5",
  "5.00",
  "49.9",
  "50",
  "999999999999.99999999",
  "999999999999.99999998",
  "999999999999",
  "123456789012.12345678",
  "123456789012.12345679"
] as const

const instants = [
  "2026-01-31T00:00:00.000Z",
  "2026-01-31T00:00:00.001Z",
  "2026-01-30T23:59:59.999Z",
  "2026-01-01T00:00:00.000Z",
  "2026-02-07T00:00:00.000Z",
  "0001-01-01T00:00:00.000Z",
  "9999-12-31T23:59:59.999Z",
  "1969-12-31T23:59:59.999Z"
] as const

/** What "now" is wherever these meet: the first of the instants. */
export const randomRulesNow = Date.parse(instants[0])

const durations = [
  "P0D",
  "-P0D",
  "-PT0S",
  "-P30D",
  "P7D",
  "P1W",
  "-PT1S",
  "PT1S",
  "-P99999999D",
  "P99999999D",
  "P1W2DT3H4M5S"
] as const

const metadataKeys = ["plan", "a.b", '"', "'", " ", "Plan", "__proto__", "ß", "0"] as const

const oneOf = <const Value extends string | number | boolean | null>(values: ReadonlyArray<Value>) =>
  Arbitrary.schema(Schema.Literals(values as ReadonlyArray<never>)) as Arbitrary.Arbitrary<Value>

const choose = <A>(choices: ReadonlyArray<Arbitrary.Arbitrary<A>>): Arbitrary.Arbitrary<A> =>
  oneOf(choices.map((_, i) => i)).pipe(Arbitrary.flatMap((i) => choices[i]!))

/** The same to the eye, not to a rule. */
const lookalikes = ["5", 5, "true", true] as const

const text = oneOf(texts)
const number = oneOf(numbers)
const boolean = oneOf([true, false])
const scalar: Arbitrary.Arbitrary<string | number | boolean> = choose<string | number | boolean>([
  text,
  number,
  boolean,
  oneOf(lookalikes)
])
const orNull = <A>(arbitrary: Arbitrary.Arbitrary<A>): Arbitrary.Arbitrary<A | null> =>
  choose<A | null>([arbitrary, arbitrary, arbitrary, Arbitrary.Constant(null)])

const metadataValue: Arbitrary.Arbitrary<unknown> = choose<unknown>([
  scalar,
  scalar,
  Arbitrary.array(orNull(scalar), { maxLength: 3 }),
  Arbitrary.Constant(null),
  // Not what the wire lets in, but what a database may hold.
  oneOf([0, 1, 2]).pipe(Arbitrary.map((i) => [{}, { a: 5 }, [[5], ["a"], 5]][i]))
])

const metadata = orNull(
  Arbitrary.array(Arbitrary.all([choose<string>([oneOf(metadataKeys), Arbitrary.Constant("")]), metadataValue]), {
    maxLength: 6
  }).pipe(Arbitrary.map((entries) => Object.fromEntries(entries)))
)

const identity = ["phone", "email", "emailDomain", "primaryExternalId", "status", "createdBy", "updatedBy"] as const
const attribute: Record<FieldKind, Arbitrary.Arbitrary<unknown>> = {
  text: orNull(text),
  number,
  money: oneOf(amounts),
  instant: orNull(oneOf(instants)),
  boolean
}

const attributes = Object.fromEntries(
  Struct.keys(consumerFields).flatMap((field) => {
    if (identity.some((each) => each === field)) return []
    if (field.endsWith("Rank")) return [[field, oneOf([0, 1, 2, 5])]]
    return [[field, field === "createdAt" ? oneOf(instants) : attribute[consumerFields[field]]]]
  })
) as Record<string, Arbitrary.Arbitrary<unknown>>

const domains = ["example.com", "EXAMPLE.com", "straße.de", "ΣΑΣ.gr"] as const

/** A consumer as the wire shows it; `index` keeps its identifiers its own. */
export const randomConsumers = (count: number): Arbitrary.Arbitrary<ReadonlyArray<WireConsumer>> =>
  Arbitrary.array(
    Arbitrary.all({
      ...attributes,
      metadata,
      email: orNull(Arbitrary.all([text, oneOf(domains)])),
      phone: orNull(Arbitrary.Constant("+1555")),
      primaryExternalId: orNull(text),
      status: oneOf(["ACTIVE", "INACTIVE"]),
      createdBy: oneOf(["system", "key:1"]),
      updatedBy: orNull(oneOf(["system", "key:1"])),
      archived: oneOf([false, false, false, true])
    }),
    { minLength: count, maxLength: count }
  ).pipe(
    Arbitrary.map((consumers) =>
      consumers.map(({ email, phone, primaryExternalId, ...rest }, i) => ({
        ...rest,
        // Without digits: "5" and 1 would make the address of "" and 51.
        email: email === null ? null : `${email[0].replace(/[\s@\d]/g, "")}${i}@${email[1]}`,
        phone: phone === null ? null : `${phone}${1000 + i}`,
        primaryExternalId: primaryExternalId === null ? null : `${primaryExternalId}-${i}`
      }))
    )
  )

const existence = ["EXISTS", "NOT_EXISTS"] as const
const equality = ["EQUALS", "NOT_EQUALS"] as const
const membership = ["IN", "NOT_IN"] as const
const substring = ["CONTAINS", "NOT_CONTAINS"] as const
const comparison = ["GREATER_THAN", "GREATER_THAN_OR_EQUAL", "LESS_THAN", "LESS_THAN_OR_EQUAL"] as const

type Asked = Pick<RuleLine, "operator" | "values">
type Value = RuleLine["values"][number]

const asking = (
  operators: ReadonlyArray<RuleLine["operator"]>,
  values: Arbitrary.Arbitrary<ReadonlyArray<Value>>
): Arbitrary.Arbitrary<Asked> =>
  Arbitrary.all({ operator: oneOf(operators) as Arbitrary.Arbitrary<RuleLine["operator"]>, values })

const single = (value: Arbitrary.Arbitrary<Value>) => Arbitrary.all([value])
const several = (value: Arbitrary.Arbitrary<Value>) => Arbitrary.array(value, { minLength: 1, maxLength: 12 })
const exists = asking(existence, Arbitrary.Constant([]))
const equals = (value: Arbitrary.Arbitrary<Value>) => [
  asking(equality, single(value)),
  asking(membership, several(value))
]

const pair = <V extends Value>(value: Arbitrary.Arbitrary<V>, position: (value: V) => number | bigint) =>
  Arbitrary.all([value, value]).pipe(Arbitrary.map(([a, b]) => (position(a) <= position(b) ? [a, b] : [b, a])))

const compares = <V extends Value>(value: Arbitrary.Arbitrary<V>, position: (value: V) => number | bigint) => [
  asking(comparison, single(value)),
  asking(["BETWEEN"], pair(value, position))
]

const part = text.pipe(Arbitrary.map((each) => (each === "" ? "x" : each)))
const contains = (value: Arbitrary.Arbitrary<Value>) => asking(substring, single(value))
const moved = choose<string>([oneOf(instants), oneOf(durations)])
const money = choose<string | number>([oneOf(amounts), oneOf(["-5", "-0.00", "007.50"]), oneOf([0.1, 50, -1])])

/** An amount as a whole number of 10⁻⁸. */
const unitsOf = (value: string | number): bigint => {
  const [whole = "", fraction = ""] = String(value).split(".")
  return BigInt(`${whole}${fraction.padEnd(8, "0")}`)
}

const questions: Record<FieldKind | "metadata", ReadonlyArray<Arbitrary.Arbitrary<Asked>>> = {
  text: [...equals(text), contains(part), exists],
  number: [...equals(number), ...compares(number, (value) => value), exists],
  money: [...equals(money), ...compares(money, unitsOf), exists],
  instant: [
    ...equals(oneOf(instants)),
    ...compares(oneOf(instants), Date.parse),
    asking(comparison, single(moved)),
    asking(["BETWEEN"], Arbitrary.all([oneOf(instants), oneOf(durations)])),
    asking(["BETWEEN"], Arbitrary.all([oneOf(["-P30D", "-P99999999D", "-P0D"]), oneOf(["P0D", "P7D"])])),
    exists
  ],
  boolean: [asking(equality, single(boolean)), exists],
  metadata: [
    ...equals(scalar),
    contains(choose<Value>([part, number, boolean, oneOf(lookalikes)])),
    ...compares(number, (value) => value),
    exists
  ]
}

/** Texts that are whole identifiers, or parts of them. */
const identifiers = choose<Value>([
  text,
  oneOf(["+15551007", "+1555", "SS7@straße.de", "ΣΑΣ-3", "straSSe-11", "active", "Inactive", "KEY:1"]),
  oneOf(domains)
])
const identifierQuestions = [
  ...equals(identifiers),
  contains(choose<Value>([part, oneOf(["+1555100", "@", "7@STRASSE", "-1", "key:", "actıve"])])),
  exists
]

const fields = [...Struct.keys(consumerFields), ...Struct.keys(fieldAliases)]

const questionsAbout = (field: (typeof fields)[number]) => {
  const name = Object.hasOwn(fieldAliases, field)
    ? fieldAliases[field as keyof typeof fieldAliases]
    : (field as keyof typeof consumerFields)
  return identity.some((each) => each === name) ? identifierQuestions : questions[consumerFields[name]]
}

const line: Arbitrary.Arbitrary<RuleLine> = Arbitrary.all({
  about: choose<{ readonly field: string; readonly asked: Asked }>([
    choose(fields.map((field) => choose(questionsAbout(field)).pipe(Arbitrary.map((asked) => ({ field, asked }))))),
    Arbitrary.all({
      field: oneOf(metadataKeys).pipe(Arbitrary.map((key) => `metadata.${key}`)),
      asked: choose(questions.metadata)
    })
  ]),
  groupId: oneOf([
    null,
    null,
    "00000000-0000-4000-8000-00000000000a",
    "00000000-0000-4000-8000-00000000000A",
    "00000000-0000-4000-8000-00000000000b"
  ])
}).pipe(Arbitrary.map(({ about, groupId }) => ({ field: about.field, ...about.asked, groupId })))

/** Valid rule lists, short: in long ones a wrong line drowns. */
export const randomRules: Arbitrary.Arbitrary<ReadonlyArray<RuleLine>> = Arbitrary.array(line, {
  minLength: 1,
  maxLength: 4
})

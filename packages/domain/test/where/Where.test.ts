import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { RuleLine, RuleOperator } from "@audiences/domain/Rule"
import { Scalar } from "@audiences/domain/Scalar"
import { parseWhere } from "@audiences/domain/where/WhereParser"
import { printWhere } from "@audiences/domain/where/WherePrinter"

/** The lines of each group, without the id of it, in the order in which the groups come. */
const groups = (rules: ReadonlyArray<RuleLine>) => {
  const keys = rules.map(({ groupId }) => (groupId ?? "").toLowerCase())
  return [...new Set(keys)].map((key) =>
    rules.filter((_, i) => keys[i] === key).map(({ field, operator, values }) => ({ field, operator, values }))
  )
}

const parsed = (text: string) => Result.getOrThrow(parseWhere(text))
const faultOf = (text: string) => Result.getOrThrow(Result.flip(parseWhere(text)))

const groupIds = [
  "01984a3e-7c10-7a80-9d10-3c5f6d0c2f11",
  "01984A3E-7C10-7A80-9D10-3C5F6D0C2F11",
  "01984a3e-7c10-7a80-9d10-3c5f6d0c2f12"
]
const words =
  "and OR not in Between exists nobody true NULL 1 -0 007 1e5 +1 -P30D a'b a\"b a\\b ( , ada@example.com \u202e ſ"
const Word = Schema.Literals([...words.split(" "), "a b", "a\nb", "2026-01-31T09:30:00+02:00"])
const AnyLine = Schema.Struct({
  field: Schema.Union([RuleLine.fields.field, Word, Schema.Literals(["ltv", "metadata.city"])]),
  operator: RuleOperator,
  values: Schema.Array(Schema.Union([Scalar, Word])),
  groupId: Schema.optionalKey(Schema.NullOr(Schema.Literals(groupIds)))
})

describe("Typed rules", () => {
  it.prop(
    "print and parse back to the same groups and lines, whatever they are",
    [Schema.Array(AnyLine)],
    ([rules]) => {
      const text = printWhere(rules)
      assert.deepStrictEqual(groups(parsed(text).rules), groups(rules))
      assert.strictEqual(printWhere(parsed(text).rules), text)
    }
  )

  it.prop(
    "never break the parser, whatever is typed",
    [Schema.Array(Schema.Union([Word, Schema.String]))],
    ([words]) => {
      const text = words.join(" ")
      const result = parseWhere(text)
      if (Result.isFailure(result)) {
        const { end, start } = result.failure.place
        assert.isTrue(0 <= start && start <= end && end <= text.length)
      }
    }
  )

  it("are groups between `or`, lines between `and`", () => {
    const text = "ltv >= 1000 and lastGeoCountry in (US, CA) or loyaltyBalance > 500"
    assert.deepStrictEqual(groups(parsed(text).rules), [
      [
        { field: "ltv", operator: "GREATER_THAN_OR_EQUAL", values: [1000] },
        { field: "lastGeoCountry", operator: "IN", values: ["US", "CA"] }
      ],
      [{ field: "loyaltyBalance", operator: "GREATER_THAN", values: [500] }]
    ])
    assert.strictEqual(printWhere(parsed(text).rules), text)
  })

  it("of one group have no group id, of several always the same ones", () => {
    assert.isFalse(parsed("a = 1 and b = 2").rules.some((rule) => "groupId" in rule))
    assert.deepStrictEqual(parsed("a = 1 or b = 2"), parsed("a = 1 or b = 2"))
    assert.isTrue(Schema.is(Schema.Array(RuleLine))(parsed("a = 1 or b = 2").rules))
  })

  it.each([
    ["((a = 1) AND (b = 2 and c=3)) OR (d<>4)", "a = 1 and b = 2 and c = 3 or d != 4"],
    ["a between 1 and 5 and b not exists", "a between 1 and 5 and b not exists"],
    [
      "lastOrderAt > -P30D and createdAt < 2026-01-31T09:30:00Z",
      "lastOrderAt > -P30D and createdAt < 2026-01-31T09:30:00Z"
    ],
    ["a = 'it''s' and b = \"x\"", 'a = "it\'s" and b = x'],
    ["lastGeoRegion in ('OR', CA)", 'lastGeoRegion in ("OR", CA)'],
    ["metadata.a.b contains x", "metadata.a.b contains x"],
    ['"metadata.favourite colour" = red', '"metadata.favourite colour" = red'],
    ["phone = +4915112345678 and emailVerified = TRUE", "phone = +4915112345678 and emailVerified = true"],
    [" Nobody ", "nobody"]
  ])("read %s as %s", (typed, printed) => {
    assert.strictEqual(printWhere(parsed(typed).rules), printed)
  })

  it.each([
    ["", "Expected a condition", ""],
    ["ltv >= ", "Expected a value", ""],
    ["ltv >> 5", "Expected a value", ">"],
    ["ltv 5", "Expected =", "5"],
    ["ltv = 5 and", "Expected the name of a field", ""],
    ["ltv = 5 b = 6", "Expected `and`, `or` or the end", "b"],
    ["ltv = 1,000", "Expected `and`, `or` or the end", ","],
    ["(ltv = 5", "or `)`", ""],
    ["country in US", "in parentheses", "US"],
    ["country in (US CA)", "`,` or `)`", "CA"],
    ["region = OR", '"OR"', "OR"],
    ["not ltv = 5", "Turn the operator round", "not"],
    ["ltv not between 1 and 5", "after `not`", "between"],
    ["ltv between 1 or 5", "`between 1 and 5`", "or"],
    ["name = 'Ada", "not closed", "'Ada"],
    ['name = "a\\x"', "as in JSON", '"a\\x"'],
    ["ltv ! 5", "only in `!=`", "!"],
    ["ltv = 12345678901.12345678", "more digits", "12345678901.12345678"],
    ["ltv = 1e400", "more digits", "1e400"],
    [`${"(".repeat(5000)}a = 1`, "parentheses inside each other", "("]
  ])("refuse %s, and say where", (typed, message, at) => {
    const fault = faultOf(typed)
    assert.include(fault.message, message)
    assert.strictEqual(typed.slice(fault.place.start, fault.place.end), at)
  })

  it("refuse what groups cannot say with the reason, and the same written out", () => {
    const typed = "a = 1 and (b = 2 or c = 3 and d = 4)"
    const fault = faultOf(typed)
    assert.include(fault.message, "`or` cannot stand inside `and`")
    assert.include(fault.message, "a = 1 and b = 2 or a = 1 and c = 3 and d = 4")
    assert.strictEqual(typed.slice(fault.place.start, fault.place.end), "(b = 2 or c = 3 and d = 4)")
    const many = faultOf(Array.from({ length: 40 }, () => "(a = 1 or b = 2)").join(" and "))
    assert.include(many.message, "write the groups out")
  })

  it("tell where the parts of every line stand", () => {
    const typed = "ltv >= 1000 or lastGeoCountry not in (US, 'CA')"
    const at = ({ end, start }: { readonly start: number; readonly end: number }) => typed.slice(start, end)
    assert.deepStrictEqual(
      parsed(typed).places.map(({ field, line, operator, values }) => [
        at(line),
        at(field),
        at(operator),
        ...values.map(at)
      ]),
      [
        ["ltv >= 1000", "ltv", ">=", "1000"],
        ["lastGeoCountry not in (US, 'CA')", "lastGeoCountry", "not in", "US", "'CA'"]
      ]
    )
  })
})

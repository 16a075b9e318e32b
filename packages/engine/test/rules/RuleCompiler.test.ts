import { consumerFields, type FieldKind, fieldAliases } from "@audiences/domain/ConsumerField"
import { type RuleLine, RuleOperator } from "@audiences/domain/Rule"
import type { Condition } from "@audiences/engine/rules/Condition"
import { compileRule, compileRules, maxRules } from "@audiences/engine/rules/RuleCompiler"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Result } from "effect"
import { randomRules } from "../../../../tools/vitest/rules/RandomRules.ts"

type Value = RuleLine["values"][number]

const line = (field: string, operator: RuleLine["operator"], ...values: ReadonlyArray<Value>): RuleLine => ({
  field,
  operator,
  values
})

const problemsOf = (...lines: ReadonlyArray<RuleLine>) =>
  Result.match(compileRules(lines), { onSuccess: () => [], onFailure: (problems) => problems })

const pathsOf = (...lines: ReadonlyArray<RuleLine>) => problemsOf(...lines).map((problem) => problem.path)

const messageOf = (...lines: ReadonlyArray<RuleLine>): string =>
  problemsOf(...lines)
    .map((problem) => problem.message)
    .join("; ")

/** What one line by itself becomes. */
const leaf = (field: string, operator: RuleLine["operator"], ...values: ReadonlyArray<Value>): Condition =>
  Result.getOrThrow(compileRule(line(field, operator, ...values), 0))

const examples: Record<
  FieldKind | "metadata",
  { readonly field: string; readonly values: readonly [Value, Value]; readonly wrong: ReadonlyArray<Value> }
> = {
  text: { field: "fullName", values: ["a", "b"], wrong: [5, true, null] },
  number: { field: "totalOrders", values: [1, 2], wrong: ["1", true, null, ""] },
  money: {
    field: "ltv",
    values: ["1", "2"],
    wrong: ["1e3", " 1", "1,5", "+1", "", "1000000000000", "0.000000001", 1e21, 1e-9, 123456789012.1234, true, null]
  },
  instant: {
    field: "createdAt",
    values: ["2026-01-01", "2026-01-02"],
    wrong: ["yesterday", "2026-02-30", "2026-01-01T00:00", 1767225600000, true, null, ""]
  },
  boolean: { field: "smsOptOut", values: [true, false], wrong: ["true", 1, 0, null] },
  metadata: { field: "metadata.plan", values: [1, 2], wrong: [null] }
}

const takes: Record<FieldKind | "metadata", string> = {
  text: "EQUALS NOT_EQUALS IN NOT_IN CONTAINS NOT_CONTAINS EXISTS NOT_EXISTS",
  number:
    "EQUALS NOT_EQUALS IN NOT_IN GREATER_THAN GREATER_THAN_OR_EQUAL LESS_THAN LESS_THAN_OR_EQUAL BETWEEN EXISTS NOT_EXISTS",
  money:
    "EQUALS NOT_EQUALS IN NOT_IN GREATER_THAN GREATER_THAN_OR_EQUAL LESS_THAN LESS_THAN_OR_EQUAL BETWEEN EXISTS NOT_EXISTS",
  instant:
    "EQUALS NOT_EQUALS IN NOT_IN GREATER_THAN GREATER_THAN_OR_EQUAL LESS_THAN LESS_THAN_OR_EQUAL BETWEEN EXISTS NOT_EXISTS",
  boolean: "EQUALS NOT_EQUALS EXISTS NOT_EXISTS",
  metadata: RuleOperator.literals.join(" ")
}

const valuesFor = (operator: RuleLine["operator"], [first, second]: readonly [Value, Value]): ReadonlyArray<Value> =>
  operator.endsWith("EXISTS") ? [] : operator === "BETWEEN" ? [first, second] : [first]

const table = Object.entries(examples).flatMap(([kind, example]) =>
  RuleOperator.literals.map((operator) => ({
    kind,
    operator,
    ...example,
    taken: takes[kind as FieldKind].split(" ").includes(operator)
  }))
)

describe("compileRules", () => {
  it.each(table)("$operator of $kind: taken is $taken", ({ field, operator, values, taken }) => {
    const given = line(field, operator, ...valuesFor(operator, values))
    assert.deepStrictEqual(pathsOf(given), taken ? [] : [[0, "operator"]])
    if (!taken) assert.include(messageOf(given), `${operator} does not apply to ${field}`)
  })

  it.each(table.filter(({ operator, taken }) => taken && !operator.endsWith("EXISTS")))(
    "$operator of $kind refuses values of another type, each with its path",
    ({ field, operator, values, wrong }) => {
      for (const value of wrong) {
        assert.deepStrictEqual(
          pathsOf(line(field, operator, ...(operator === "BETWEEN" ? [value, values[1]] : [value]))),
          [[0, "values", 0]]
        )
      }
      if (operator === "IN") {
        assert.deepStrictEqual(
          pathsOf(line(field, "IN", values[0], ...wrong)),
          wrong.map((_, i) => [0, "values", i + 1])
        )
      }
    }
  )

  it.each(table.filter(({ taken }) => taken))(
    "$operator of $kind refuses a wrong number of values",
    ({ field, operator, values }) => {
      const [first, second] = values
      const counts = operator.endsWith("EXISTS")
        ? [[first]]
        : operator === "BETWEEN"
          ? [[], [first], [first, second, second]]
          : operator.endsWith("IN")
            ? [[]]
            : [[], [first, second]]
      for (const wrong of counts) assert.deepStrictEqual(pathsOf(line(field, operator, ...wrong)), [[0, "values"]])
    }
  )

  it("takes values of any type but null of metadata, and numbers only in comparisons", () => {
    for (const value of ["a", 1, true, ""])
      assert.deepStrictEqual(pathsOf(line("metadata.a", "EQUALS", value), line("metadata.a", "IN", value)), [])
    for (const value of ["a", 1, false]) assert.deepStrictEqual(pathsOf(line("metadata.a", "CONTAINS", value)), [])
    assert.deepStrictEqual(pathsOf(line("metadata.a", "LESS_THAN", "5"), line("metadata.a", "BETWEEN", true, "-P1D")), [
      [0, "values", 0],
      [1, "values", 0],
      [1, "values", 1]
    ])
  })

  it("refuses CONTAINS of the empty text", () => {
    assert.deepStrictEqual(pathsOf(line("email", "CONTAINS", ""), line("metadata.a", "NOT_CONTAINS", "")), [
      [0, "values", 0],
      [1, "values", 0]
    ])
    assert.deepStrictEqual(pathsOf(line("email", "CONTAINS", " ")), [])
  })

  it("takes durations in comparisons and BETWEEN only", () => {
    for (const operator of ["GREATER_THAN", "GREATER_THAN_OR_EQUAL", "LESS_THAN", "LESS_THAN_OR_EQUAL"] as const) {
      assert.deepStrictEqual(pathsOf(line("createdAt", operator, "-P30D")), [])
    }
    assert.deepStrictEqual(
      pathsOf(line("createdAt", "BETWEEN", "-P30D", "P0D"), line("createdAt", "BETWEEN", "2026-01-01", "-P1D")),
      []
    )
    for (const operator of ["EQUALS", "NOT_EQUALS", "IN", "NOT_IN"] as const) {
      assert.deepStrictEqual(pathsOf(line("createdAt", operator, "-P30D")), [[0, "values", 0]])
    }
    assert.include(messageOf(line("createdAt", "EQUALS", "-P30D")), "use a comparison or BETWEEN")
  })

  it("wants the lower value first where both ends are of one kind", () => {
    const reversed = [
      line("totalOrders", "BETWEEN", 2, 1),
      line("ltv", "BETWEEN", "10", "9"),
      line("ltv", "BETWEEN", "0.1", "-0.1"),
      line("ltv", "BETWEEN", "999999999999.99999999", "999999999999.99999998"),
      line("createdAt", "BETWEEN", "2026-01-02", "2026-01-01"),
      line("createdAt", "BETWEEN", "P1D", "-P1D"),
      line("metadata.a", "BETWEEN", 0.2, 0.1)
    ]
    assert.deepStrictEqual(
      pathsOf(...reversed),
      reversed.map((_, i) => [i, "values"])
    )
    assert.deepStrictEqual(
      pathsOf(line("totalOrders", "BETWEEN", 1, 1), line("createdAt", "BETWEEN", "P1D", "2000-01-01")),
      []
    )
  })

  it("tells of all problems of all lines at once", () => {
    assert.deepStrictEqual(
      pathsOf(
        line("nothing", "EQUALS", null, 5),
        line("totalOrders", "EQUALS", 1),
        line("smsOptOut", "IN", "x", null),
        line("totalOrders", "BETWEEN", "1", 2, null)
      ),
      [
        [0, "field"],
        [0, "values"],
        [0, "values", 0],
        [2, "operator"],
        [2, "values", 0],
        [2, "values", 1],
        [3, "values"],
        [3, "values", 0],
        [3, "values", 2]
      ]
    )
  })

  it("names the field that was perhaps meant", () => {
    assert.include(messageOf(line("Email", "EXISTS")), "did you mean email?")
    assert.include(messageOf(line("total_orders", "EXISTS")), "did you mean totalOrders?")
    assert.include(messageOf(line("lastOrderedAt", "EXISTS")), "did you mean lastOrderAt?")
    assert.include(messageOf(line("metadata", "EXISTS")), "metadata.<key>")
    for (const name of ["id", "x", "favouriteColour", "y".repeat(100_000)])
      assert.notInclude(messageOf(line(name, "EXISTS")), "did you mean")
    assert.isBelow(messageOf(line("y".repeat(100_000), "EXISTS")).length, 200)
  })

  it("refuses more rules than one audience takes", () => {
    const lines = Array.from({ length: maxRules + 1 }, () => line("email", "EXISTS"))
    assert.deepStrictEqual(pathsOf(...lines), [[]])
    assert.deepStrictEqual(pathsOf(...lines.slice(1)), [])
  })

  it("knows every field and alias", () => {
    for (const field of [...Object.keys(consumerFields), ...Object.keys(fieldAliases)])
      assert.deepStrictEqual(pathsOf(line(field, "EXISTS")), [])
  })

  it.effect("takes every valid list of rules", () =>
    Effect.gen(function* () {
      const result = yield* Arbitrary.checkEffect(randomRules, (lines) => problemsOf(...lines).length === 0, {
        runs: 1000,
        size: 20
      })
      assert.strictEqual(Arbitrary.formatCheckFailure(result), undefined)
    })
  )
})

describe("the condition", () => {
  it("is any of the groups, each all of its lines", () => {
    const exists = (field: "email" | "phone" | "status", at: number): Condition => ({ _tag: "Exists", field, line: at })
    const a = "00000000-0000-4000-8000-00000000000a"
    assert.deepStrictEqual(
      Result.getOrThrow(
        compileRules([
          { ...line("email", "EXISTS"), groupId: a },
          line("phone", "EXISTS"),
          { ...line("phone", "EXISTS"), groupId: a.toUpperCase() },
          { ...line("status", "NOT_EXISTS"), groupId: null, position: -1 }
        ])
      ),
      {
        _tag: "Any",
        conditions: [
          { _tag: "All", conditions: [exists("email", 0), exists("phone", 2)] },
          { _tag: "All", conditions: [exists("phone", 1), { _tag: "Not", condition: exists("status", 3) }] }
        ]
      }
    )
    assert.deepStrictEqual(Result.getOrThrow(compileRules([])), { _tag: "Any", conditions: [] })
  })

  it("holds values in the form in which they compare", () => {
    assert.deepStrictEqual(leaf("fullName", "IN", "STRAßE", "Ⅷ"), {
      _tag: "TextOneOf",
      field: "fullName",
      line: 0,
      values: ["strasse", "ⅷ"]
    })
    assert.deepStrictEqual(leaf("metadata.A", "CONTAINS", "VIP"), {
      _tag: "MetadataContains",
      key: "A",
      line: 0,
      value: "vip"
    })
    assert.deepStrictEqual(
      leaf("totalSpend", "IN", "007.50", "-0.00", "-1.10", 0.1, -5, 1e-7, 1.5e-7, 123456789012, 123456789012.125),
      {
        _tag: "MoneyOneOf",
        field: "ltv",
        line: 0,
        values: ["7.5", "0", "-1.1", "0.1", "-5", "0.0000001", "0.00000015", "123456789012", "123456789012.125"]
      }
    )
    assert.deepStrictEqual(leaf("createdAt", "EQUALS", "1970-01-01T01:00:00.0019+01:00"), {
      _tag: "InstantOneOf",
      field: "createdAt",
      line: 0,
      values: [1]
    })
    assert.deepStrictEqual(leaf("smsOptOut", "NOT_EQUALS", false), {
      _tag: "Not",
      condition: { _tag: "BooleanIs", field: "smsOptOut", line: 0, value: false }
    })
  })

  it("makes ranges of the comparisons", () => {
    const number = { _tag: "NumberWithin", field: "loyaltyBalance", line: 0 } as const
    assert.deepStrictEqual(leaf("loyaltyPoints", "GREATER_THAN", 1), { ...number, low: { value: 1, inclusive: false } })
    assert.deepStrictEqual(leaf("loyaltyPoints", "GREATER_THAN_OR_EQUAL", 1), {
      ...number,
      low: { value: 1, inclusive: true }
    })
    assert.deepStrictEqual(leaf("loyaltyPoints", "LESS_THAN", -0), { ...number, high: { value: 0, inclusive: false } })
    assert.deepStrictEqual(leaf("loyaltyPoints", "LESS_THAN_OR_EQUAL", 1), {
      ...number,
      high: { value: 1, inclusive: true }
    })
    assert.deepStrictEqual(leaf("createdAt", "BETWEEN", "1970-01-01", "P1W"), {
      _tag: "InstantWithin",
      field: "createdAt",
      line: 0,
      low: { value: { _tag: "At", epochMillis: 0 }, inclusive: true },
      high: { value: { _tag: "Relative", offsetMillis: 604_800_000 }, inclusive: true }
    })
  })
})

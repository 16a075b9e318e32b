import { type FieldReference, resolveField } from "@audiences/domain/ConsumerField"
import type { RuleLine } from "@audiences/domain/Rule"
import type { Scalar } from "@audiences/domain/Scalar"
import type { Problem } from "@audiences/domain/ValidationError"
import { Result } from "effect"
import type { Condition } from "./Condition.ts"
import { suggestField } from "./FieldSuggestion.ts"
import { leafOf } from "./RuleLeaf.ts"
import { arities, kindOf, negative, operatorsOf } from "./RuleOperators.ts"
import { readUnknown } from "./RuleValue.ts"

/** Longer lists would be slow to evaluate and are a sign of values that belong into one IN. */
export const maxRules = 1000

/**
 * Reduces rule lines to one condition, or says everything that is wrong with them: `path` leads from the array of lines, as in
 * `[2, "values", 0]`.
 */
export const compileRules = (lines: ReadonlyArray<RuleLine>): Result.Result<Condition, ReadonlyArray<Problem>> => {
  if (lines.length > maxRules) return Result.fail([tooManyRules(lines.length)])
  const problems: Array<Problem> = []
  const groups = new Map<string | null, Array<Condition>>()
  lines.forEach((line, i) => {
    const compiled = compileRule(line, i)
    if (Result.isFailure(compiled)) {
      problems.push(...compiled.failure.map((problem) => ({ ...problem, path: [i, ...problem.path] })))
      return
    }
    // Ids are the same in either case.
    const id = line.groupId?.toLowerCase() ?? null
    const group = groups.get(id)
    if (group === undefined) groups.set(id, [compiled.success])
    else group.push(compiled.success)
  })
  if (problems.length > 0) return Result.fail(problems)
  return Result.succeed({
    _tag: "Any",
    conditions: Array.from(groups.values(), (conditions) => ({ _tag: "All" as const, conditions }))
  })
}

/** One line by itself; here `path` leads from the line, as in `["values", 0]`. */
export const compileRule = (line: RuleLine, index: number): Result.Result<Condition, ReadonlyArray<Problem>> => {
  const field = resolveField(line.field)
  const leaf = field === undefined ? undefined : leafOf(field, line, index)
  const problems = [
    ...(field === undefined ? [unknownField(line.field)] : operatorProblems(field, line)),
    ...arityProblems(line),
    ...(leaf === undefined ? nullProblems(line.values) : leaf.problems)
  ]
  if (leaf === undefined || problems.length > 0) return Result.fail(problems)
  const condition = leaf.build()
  return Result.succeed(negative.has(line.operator) ? { _tag: "Not", condition } : condition)
}

/** The refusal of a list longer than `maxRules`. */
export const tooManyRules = (count: number): Problem => ({
  path: [],
  type: "rule_count",
  expected: `at most ${maxRules} rules`,
  message: `An audience takes at most ${maxRules} rules but received ${count}: gather values of one field in one IN`
})

const unknownField = (field: string): Problem => {
  const suggestion = suggestField(field)
  const shown = JSON.stringify(field.length > 60 ? `${field.slice(0, 60)}…` : field)
  const advice =
    field === "metadata" || field === "metadata."
      ? "name the key, as in metadata.<key>"
      : suggestion === undefined
        ? "name a consumer attribute, or metadata.<key>"
        : `did you mean ${suggestion}?`
  return {
    path: ["field"],
    type: "rule_field",
    expected: "a consumer attribute that rules may name, or metadata.<key>",
    message: `Unknown field ${shown}: ${advice}`
  }
}

const operatorProblems = (field: FieldReference, line: RuleLine): ReadonlyArray<Problem> => {
  const kind = kindOf(field)
  const allowed = operatorsOf[kind]
  return allowed.includes(line.operator)
    ? []
    : [
        {
          path: ["operator"],
          type: "rule_operator",
          expected: allowed.join(" | "),
          message: `${line.operator} does not apply to ${line.field}, which is ${kind}: use ${allowed.join(", ")}`
        }
      ]
}

const arityProblems = ({ operator, values }: RuleLine): ReadonlyArray<Problem> => {
  const { min, max, expected } = arities[operator]
  return values.length >= min && values.length <= max
    ? []
    : [
        {
          path: ["values"],
          type: "rule_arity",
          expected,
          message: `${operator} takes ${expected} but received ${values.length}`
        }
      ]
}

const nullProblems = (values: ReadonlyArray<Scalar>): ReadonlyArray<Problem> =>
  values.flatMap((value, i) =>
    Result.match(readUnknown(value), {
      onSuccess: () => [],
      onFailure: (message) => [{ path: ["values", i], type: "rule_value", message }]
    })
  )

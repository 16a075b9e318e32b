import type { RuleLine } from "../Rule.ts"
import type { Scalar } from "../Scalar.ts"
import { isReserved, nobody, operatorWords, valueOfWord } from "./WhereWords.ts"

type Line = Pick<RuleLine, "field" | "operator" | "values">

/** The lines of each group, in the order in which the groups first appear; those without a group are one of their own. */
export const ruleGroups = <Each extends RuleLine>(rules: ReadonlyArray<Each>): ReadonlyArray<ReadonlyArray<Each>> => [
  ...Map.groupBy(rules, ({ groupId }) => groupId?.toLowerCase() ?? null).values()
]

const plain = /^[\w.@:+/%#*-]+$/

const fieldText = (field: string): string =>
  plain.test(field) && !isReserved(field) && field !== nobody ? field : JSON.stringify(field)

const valueText = (value: Scalar): string => {
  if (typeof value !== "string") return Object.is(value, -0) ? "-0" : String(value)
  return plain.test(value) && !isReserved(value) && valueOfWord(value) === value ? value : JSON.stringify(value)
}

const valuesText = ({ operator, values }: Line): string => {
  const [first, second] = values.map(valueText)
  const listed = `(${values.map(valueText).join(", ")})`
  switch (operator) {
    case "EXISTS":
    case "NOT_EXISTS":
      return values.length === 0 ? "" : listed
    case "IN":
    case "NOT_IN":
      return listed
    case "BETWEEN":
      return values.length === 2 ? `${first} and ${second}` : listed
    default:
      return values.length === 1 && first !== undefined ? first : listed
  }
}

/** One rule line as it is typed. */
export const printLine = (line: Line): string =>
  `${fieldText(line.field)} ${operatorWords[line.operator]} ${valuesText(line)}`.trimEnd()

/** Each group as it is typed: all of it must hold, and one group is enough. */
export const printGroups = (rules: ReadonlyArray<RuleLine>): ReadonlyArray<string> =>
  ruleGroups(rules).map((lines) => lines.map(printLine).join(" and "))

/** Rules as they are typed: `parseWhere` makes the same groups and lines of it again. */
export const printWhere = (rules: ReadonlyArray<RuleLine>): string =>
  rules.length === 0 ? nobody : printGroups(rules).join(" or ")

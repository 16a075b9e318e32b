import type { RuleOperator } from "../Rule.ts"
import type { Scalar } from "../Scalar.ts"

/** How each operator is written. */
export const operatorWords = {
  EQUALS: "=",
  NOT_EQUALS: "!=",
  GREATER_THAN: ">",
  GREATER_THAN_OR_EQUAL: ">=",
  LESS_THAN: "<",
  LESS_THAN_OR_EQUAL: "<=",
  BETWEEN: "between",
  CONTAINS: "contains",
  NOT_CONTAINS: "not contains",
  IN: "in",
  NOT_IN: "not in",
  EXISTS: "exists",
  NOT_EXISTS: "not exists"
} as const satisfies Record<RuleOperator, string>

/** Stands for no rules at all. */
export const nobody = "nobody"

const reserved = new Set(["and", "or", "not", "in", "between", "contains", "exists"])

/** Words of the language, in letters of either case: a field or a value of this name stands in quotes. */
export const isReserved = (word: string): boolean => reserved.has(word.toLowerCase())

const literals = new Map<string, Scalar>([
  ["true", true],
  ["false", false],
  ["null", null]
])

const numeral = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i

/** What a word means where a value stands: a number, true, false, null, or else the text that it is. */
export const valueOfWord = (word: string): Scalar => {
  const literal = literals.get(word.toLowerCase())
  return literal !== undefined ? literal : numeral.test(word) ? Number(word) : word
}

/** Digits that count, and the power of ten of the last. */
const significant = (text: string): string => {
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e")
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".")
  const digits = (whole + fraction).replace(/^0+/, "")
  const kept = digits.replace(/0+$/, "")
  return kept === "" ? "0" : `${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`
}

/** Whether a numeral is the number that a program keeps of it, to the last digit. */
export const isKeptExactly = (numeral: string): boolean =>
  Number.isFinite(Number(numeral)) && significant(String(Number(numeral))) === significant(numeral)

import type { FieldReference } from "@audiences/domain/ConsumerField"
import type { RuleLine, RuleOperator } from "@audiences/domain/Rule"
import type { Problem } from "@audiences/domain/ValidationError"
import { Result } from "effect"
import type { Bound, Condition } from "./Condition.ts"
import { questions } from "./RuleOperators.ts"
import {
  compareMoments,
  compareMoney,
  readBoolean,
  readInstant,
  readMetadata,
  readMetadataPart,
  readMoment,
  readMoney,
  readNumber,
  readPart,
  type Reader,
  readText
} from "./RuleValue.ts"

/** What is wrong with the values of a line and, where nothing is wrong with it at all, the leaf it becomes. */
export interface RuleLeaf {
  readonly problems: ReadonlyArray<Problem>
  readonly build: () => Condition
}

/** The question a line asks of its field, whichever way round its operator turns the answer. */
export const leafOf = (field: FieldReference, line: RuleLine, index: number): RuleLeaf => {
  if (questions[line.operator] === "Exists") {
    return {
      problems: [],
      build: () =>
        field._tag === "Metadata"
          ? { _tag: "MetadataExists", key: field.key, line: index }
          : { _tag: "Exists", field: field.name, line: index }
    }
  }
  return field._tag === "Metadata" ? metadataLeaf(field.key, line, index) : attributeLeaf(field, line, index)
}

type Attribute = Extract<FieldReference, { _tag: "Attribute" }>

const attributeLeaf = (field: Attribute, line: RuleLine, index: number): RuleLeaf => {
  const question = questions[line.operator]
  switch (field.kind) {
    case "text": {
      const at = { field: field.name, line: index }
      return question === "Contains"
        ? reading(line, readPart, ([text]) => ({ _tag: "TextContains", ...at, text }))
        : reading(line, readText, (values) => ({ _tag: "TextOneOf", ...at, values }))
    }
    case "number": {
      const at = { field: field.name, line: index }
      return question === "Within"
        ? ranging(
            line,
            readNumber,
            (a, b) => a - b,
            (range) => ({ _tag: "NumberWithin", ...at, ...range })
          )
        : reading(line, readNumber, (values) => ({ _tag: "NumberOneOf", ...at, values }))
    }
    case "money": {
      const at = { field: field.name, line: index }
      return question === "Within"
        ? ranging(line, readMoney, compareMoney, (range) => ({ _tag: "MoneyWithin", ...at, ...range }))
        : reading(line, readMoney, (values) => ({ _tag: "MoneyOneOf", ...at, values }))
    }
    case "instant": {
      const at = { field: field.name, line: index }
      return question === "Within"
        ? ranging(line, readMoment, compareMoments, (range) => ({ _tag: "InstantWithin", ...at, ...range }))
        : reading(line, readInstant, (values) => ({ _tag: "InstantOneOf", ...at, values }))
    }
    case "boolean":
      return reading(line, readBoolean, ([value]) => ({ _tag: "BooleanIs", field: field.name, line: index, value }))
  }
}

const metadataLeaf = (key: string, line: RuleLine, index: number): RuleLeaf => {
  const at = { key, line: index }
  switch (questions[line.operator]) {
    case "Within":
      return ranging(
        line,
        readNumber,
        (a, b) => a - b,
        (range) => ({ _tag: "MetadataWithin", ...at, ...range })
      )
    case "Contains":
      return reading(line, readMetadataPart, ([value]) => ({ _tag: "MetadataContains", ...at, value }))
    default:
      return reading(line, readMetadata, (values) => ({ _tag: "MetadataOneOf", ...at, values }))
  }
}

type NonEmpty<Value> = readonly [Value, ...Array<Value>]

/** `build` is called only when the number of values is the operator's, which is one at least. */
const reading = <Value>(
  line: RuleLine,
  read: Reader<Value>,
  build: (values: NonEmpty<Value>) => Condition
): RuleLeaf => {
  const { problems, values } = readAll(line, read)
  return { problems, build: () => build(values as ReadonlyArray<Value> as NonEmpty<Value>) }
}

interface Range<Value> {
  readonly low?: Bound<Value>
  readonly high?: Bound<Value>
}

const ranging = <Value>(
  line: RuleLine,
  read: Reader<Value>,
  compare: (a: Value, b: Value) => number,
  build: (range: Range<Value>) => Condition
): RuleLeaf => {
  const { problems, values } = readAll(line, read)
  const [low, high] = values
  if (
    line.operator === "BETWEEN" &&
    line.values.length === 2 &&
    low !== undefined &&
    high !== undefined &&
    compare(low, high) > 0
  ) {
    problems.push({
      path: ["values"],
      type: "rule_range",
      expected: "low, then high",
      message: "BETWEEN takes the lower value first: exchange the two"
    })
  }
  return {
    problems,
    build: () => build(rangeOf(line.operator, values as ReadonlyArray<Value> as NonEmpty<Value>))
  }
}

const rangeOf = <Value>(operator: RuleOperator, [value, high = value]: NonEmpty<Value>): Range<Value> => {
  switch (operator) {
    case "GREATER_THAN":
      return { low: { value, inclusive: false } }
    case "GREATER_THAN_OR_EQUAL":
      return { low: { value, inclusive: true } }
    case "LESS_THAN":
      return { high: { value, inclusive: false } }
    case "LESS_THAN_OR_EQUAL":
      return { high: { value, inclusive: true } }
    default:
      return { low: { value, inclusive: true }, high: { value: high, inclusive: true } }
  }
}

const readAll = <Value>({ values }: RuleLine, read: Reader<Value>) => {
  const problems: Array<Problem> = []
  const readable: Array<Value> = []
  values.forEach((value, i) =>
    Result.match(read(value), {
      onSuccess: (each) => void readable.push(each),
      onFailure: (message) => void problems.push({ path: ["values", i], type: "rule_value", message })
    })
  )
  return { problems, values: readable }
}

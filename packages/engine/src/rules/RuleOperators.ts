import type { FieldKind, FieldReference } from "@audiences/domain/ConsumerField"
import type { RuleOperator } from "@audiences/domain/Rule"

/** What an operator asks; the negative ones ask the same and turn the answer round. */
export type Question = "OneOf" | "Contains" | "Within" | "Exists"

export const questions: Record<RuleOperator, Question> = {
  EQUALS: "OneOf",
  NOT_EQUALS: "OneOf",
  GREATER_THAN: "Within",
  GREATER_THAN_OR_EQUAL: "Within",
  LESS_THAN: "Within",
  LESS_THAN_OR_EQUAL: "Within",
  BETWEEN: "Within",
  CONTAINS: "Contains",
  NOT_CONTAINS: "Contains",
  IN: "OneOf",
  NOT_IN: "OneOf",
  EXISTS: "Exists",
  NOT_EXISTS: "Exists"
}

export const negative: ReadonlySet<RuleOperator> = new Set(["NOT_EQUALS", "NOT_CONTAINS", "NOT_IN", "NOT_EXISTS"])

const none = { min: 0, max: 0, expected: "no values" }
const one = { min: 1, max: 1, expected: "exactly one value" }
const two = { min: 2, max: 2, expected: "two values (low, high)" }
const some = { min: 1, max: Infinity, expected: "one or more values" }

/** How many values an operator takes. */
export const arities: Record<RuleOperator, typeof one> = {
  EQUALS: one,
  NOT_EQUALS: one,
  GREATER_THAN: one,
  GREATER_THAN_OR_EQUAL: one,
  LESS_THAN: one,
  LESS_THAN_OR_EQUAL: one,
  BETWEEN: two,
  CONTAINS: one,
  NOT_CONTAINS: one,
  IN: some,
  NOT_IN: some,
  EXISTS: none,
  NOT_EXISTS: none
}

const equality = ["EQUALS", "NOT_EQUALS"] as const
const membership = ["IN", "NOT_IN"] as const
const substring = ["CONTAINS", "NOT_CONTAINS"] as const
const comparison = ["GREATER_THAN", "GREATER_THAN_OR_EQUAL", "LESS_THAN", "LESS_THAN_OR_EQUAL", "BETWEEN"] as const
const existence = ["EXISTS", "NOT_EXISTS"] as const
const ordered = [...equality, ...membership, ...comparison, ...existence]

/** The operators of each kind of field. */
export const operatorsOf: Record<FieldKind | "metadata", ReadonlyArray<RuleOperator>> = {
  text: [...equality, ...membership, ...substring, ...existence],
  number: ordered,
  money: ordered,
  instant: ordered,
  boolean: [...equality, ...existence],
  metadata: [...equality, ...membership, ...substring, ...comparison, ...existence]
}

export const kindOf = (field: FieldReference): FieldKind | "metadata" =>
  field._tag === "Metadata" ? "metadata" : field.kind

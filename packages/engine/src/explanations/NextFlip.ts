import { latestInstant } from "@audiences/domain/Instant"
import type { RuleLine } from "@audiences/domain/Rule"
import { Result } from "effect"
import { type ComparedConsumer, slotOf } from "../rules/ComparedConsumer.ts"
import { boundariesOf } from "../rules/ConditionFields.ts"
import { compilePredicate } from "../rules/ConsumerPredicate.ts"
import { compileRules } from "../rules/RuleCompiler.ts"

/** The first instant after now, in milliseconds since 1970, at which the rules say something else of a consumer who stays the same. Undefined: never. */
export const nextFlip = (
  lines: ReadonlyArray<RuleLine>,
  consumer: ComparedConsumer,
  now: number
): number | undefined => {
  const condition = Result.getOrThrow(compileRules(lines))
  const holds = compilePredicate(condition)
  const before = holds(consumer, now)
  return boundariesOf(condition)
    .flatMap(({ delayMillis, field, offsetMillis }) => {
      const value = consumer.values[slotOf[field]]
      return typeof value === "number" ? [value - offsetMillis + delayMillis] : []
    })
    .filter((at) => at > now && at <= latestInstant)
    .toSorted((a, b) => a - b)
    .find((at) => holds(consumer, at) !== before)
}

import type { RuleLine } from "@audiences/domain/Rule"
import type { Problem } from "@audiences/domain/ValidationError"
import type { Result } from "effect"
import type { Condition } from "./Condition.ts"

/**
 * Reduces rule lines to one condition, or says everything that is wrong with them: `path` leads from the array of lines, as in
 * `[2, "values", 0]`.
 */
export declare const compileRules: (lines: ReadonlyArray<RuleLine>) => Result.Result<Condition, ReadonlyArray<Problem>>

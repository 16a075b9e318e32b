import { Effect, Option } from "effect"
import { jsonSource } from "../audiences/payload.ts"
import { UsageError } from "../UsageError.ts"
import { rulesGiven, whereFlag } from "./TypedRules.ts"

/** One rule, typed or as JSON. */
export const lineFlags = {
  where: whereFlag("One rule"),
  rule: jsonSource("rule", 'The same as a rule line: {"field", "operator", "values"}')
}

/** The rule line that is given, and its source, to point at what is refused of it. */
export const lineGiven = Effect.fnUntraced(function* ({
  rule,
  where
}: {
  readonly where: Option.Option<string>
  readonly rule: Option.Option<string>
}) {
  const given = yield* rulesGiven({ where, rules: rule }, "rule")
  if (Option.isNone(given)) return yield* new UsageError({ message: "Say which rule: --where or --rule." })
  const lines: ReadonlyArray<unknown> = Array.isArray(given.value.rules) ? given.value.rules : [given.value.rules]
  const [line] = lines
  if (lines.length !== 1 || typeof line !== "object" || line === null)
    return yield* new UsageError({
      message: `This is not one rule, but ${lines.length === 1 ? "no object" : lines.length}; \`audiences rules set\` takes several.`
    })
  // What is typed says nothing of a group, whatever the parser puts its only line into.
  const { groupId: _, ...ungrouped } = line as { readonly groupId?: unknown }
  return { line: Option.isSome(where) ? ungrouped : line, given }
})

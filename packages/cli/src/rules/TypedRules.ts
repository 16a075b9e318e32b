import { Effect, Option, Predicate, Result } from "effect"
import { Flag } from "effect/cli"
import type { ValidationError } from "@audiences/domain/ValidationError"
import type { Place } from "@audiences/domain/where/WhereFault"
import { type ParsedWhere, parseWhere } from "@audiences/domain/where/WhereParser"
import { readJson } from "../audiences/payload.ts"
import { readArgument } from "../UserFile.ts"
import { UsageError } from "../UsageError.ts"
import { caretLines } from "./Caret.ts"
import { RulesRefused } from "./RulesRefused.ts"

/** Rules as people type them, on the command line, in a file, or on standard input. */
export const whereFlag = (what: string) =>
  Flag.String("where").pipe(
    Flag.optional,
    Flag.withMetavar("rules|@file|-"),
    Flag.withDescription(`${what}, such as 'ltv >= 1000 and lastGeoCountry in (US, CA) or loyaltyBalance > 500'`)
  )

export interface GivenRules {
  /** Rule lines; of JSON whatever was given. */
  readonly rules: unknown
  /** Where they stand in the text, of those that were typed. */
  readonly typed?: { readonly text: string; readonly places: ParsedWhere["places"] }
}

/** Reads a text of rules; what is wrong with it is shown where it stands. */
export const readWhere = (text: string, name: string): Effect.Effect<ParsedWhere, UsageError> =>
  Result.match(parseWhere(text), {
    onSuccess: Effect.succeed,
    onFailure: ({ message, place }) =>
      Effect.fail(new UsageError({ message: [`${name}: ${message}.`, ...caretLines(text, place)].join("\n") }))
  })

/** The rules of `--where` or `--rules`, if there are any. */
export const rulesGiven = Effect.fnUntraced(function* (
  flags: { readonly where: Option.Option<string>; readonly rules: Option.Option<string> },
  flag = "rules"
) {
  if (Option.isSome(flags.where)) {
    if (Option.isSome(flags.rules)) return yield* new UsageError({ message: `Give --where or --${flag}, not both.` })
    const text = yield* readArgument(flags.where.value)
    const { places, rules } = yield* readWhere(text, "--where")
    return Option.some<GivenRules>({ rules, typed: { text, places } })
  }
  return Option.isSome(flags.rules)
    ? Option.some<GivenRules>({ rules: yield* readJson(flag, flags.rules.value) })
    : Option.none<GivenRules>()
})

/** The place of `rules[i]`, `rules[i].field`, `rules[i].values[j]` … */
const placeOf = (path: ReadonlyArray<unknown>, places: ParsedWhere["places"]): Place | undefined => {
  const [root, line, part, value] = path.map((item) => (Predicate.hasProperty(item, "key") ? item.key : item))
  const found = root === "rules" && typeof line === "number" ? places[line] : undefined
  if (found === undefined) return undefined
  if (part === "values") return (typeof value === "number" ? found.values[value] : undefined) ?? found.line
  return part === "field" ? found.field : part === "operator" ? found.operator : found.line
}

/** Shows what is refused of typed rules where it stands in the text. */
export const pointed = <A, E extends { readonly _tag: string }, R>(
  effect: Effect.Effect<A, E | ValidationError, R>,
  given: Option.Option<GivenRules>
): Effect.Effect<A, E | ValidationError | RulesRefused, R> =>
  Effect.mapError(effect, (error) => {
    const typed = Option.isSome(given) ? given.value.typed : undefined
    if (error._tag !== "ValidationError" || typed === undefined) return error
    const { issues } = error as ValidationError
    const places = issues.map(({ path }) => placeOf(path, typed.places))
    if (places.every((place) => place === undefined)) return error
    return new RulesRefused({
      faults: issues.map(({ message, path }, i) => {
        const place = places[i]
        return { message, path, caret: place === undefined ? [] : caretLines(typed.text, place) }
      })
    })
  })

import { Effect, Predicate, Schema } from "effect"
import { AudienceCreate } from "@audiences/domain/Audience"
import { AudienceId } from "@audiences/domain/AudienceId"
import { Text } from "@audiences/domain/Scalar"
import { schemaIssues } from "@audiences/domain/ValidationError"
import type { ParsedWhere } from "@audiences/domain/where/WhereParser"
import { issueLine } from "../failures/Issue.ts"
import { readWhere } from "../rules/TypedRules.ts"
import { readUserFile } from "../UserFile.ts"
import { UsageError } from "../UsageError.ts"

const {
  groupId,
  groupName,
  groupType,
  iconName,
  description,
  metadata,
  name,
  primarySyncSource,
  refreshIntervalSeconds,
  rules,
  type
} = AudienceCreate.fields

const People = Schema.Array(Text.check(Schema.isNonEmpty()))

/** An audience as a file declares it. What is absent is left as it is; null clears it. */
export const DeclaredAudience = Schema.Struct({
  /** Only where the name alone does not tell which one is meant. */
  id: Schema.optionalKey(AudienceId),
  name,
  type: Schema.optionalKey(type),
  description,
  /** Rules as they are typed. */
  where: Schema.optionalKey(Text),
  /** The same as rule lines. */
  rules,
  refreshIntervalSeconds,
  iconName,
  metadata,
  groupId,
  groupName,
  groupType,
  primarySyncSource,
  /** Consumers, by email, phone or external id, who must or must not meet the rules. */
  expect: Schema.optionalKey(Schema.Struct({ in: Schema.optionalKey(People), out: Schema.optionalKey(People) }))
})

/** Audiences as code. */
export const AudienceFile = Schema.Struct({ audiences: Schema.Array(DeclaredAudience) })

/** A declared audience and its rules, wherever it has them from. */
export interface Declared extends Omit<typeof DeclaredAudience.Type, "where" | "rules"> {
  readonly rules?: ParsedWhere["rules"]
  /** The text of the rules and where its parts stand. */
  readonly typed?: { readonly text: string; readonly places: ParsedWhere["places"] }
}

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** JSON is YAML, but errors in it are told in its own words. */
const parseText = (text: string, file: string): Effect.Effect<unknown, UsageError> =>
  file.endsWith(".json")
    ? Effect.try({
        try: (): unknown => JSON.parse(text),
        catch: (error) => new UsageError({ message: `${file} is not JSON: ${said(error)}` })
      })
    : Effect.tryPromise({
        try: async () => (await import("./Yaml.ts")).Yaml.parse(text),
        catch: (error) => new UsageError({ message: `${file} is not YAML: ${said(error)}` })
      })

/** Of a key that a declaration does not have, what it says is no help. */
const plainly = (line: string): string =>
  line.replace(/: [^:]*: Expected Unexpected key .*$/s, ": there is no such key")

const decode = (value: unknown, file: string) =>
  Schema.decodeUnknownEffect(AudienceFile, { errors: "all", onExcessProperty: "error", reportInput: true })(value).pipe(
    Effect.mapError(
      ({ issue }) =>
        new UsageError({
          message: [
            `${file} is not a file of audiences:`,
            ...schemaIssues(issue, value).map(issueLine).map(plainly)
          ].join("\n")
        })
    )
  )

const resolve = Effect.fnUntraced(function* (audience: typeof DeclaredAudience.Type, place: string) {
  const { rules, where, ...declared } = audience
  if (where === undefined)
    return { ...declared, ...(Predicate.isNotNullish(rules) ? { rules } : {}) } satisfies Declared
  if (Predicate.isNotNullish(rules))
    return yield* new UsageError({ message: `${place} has both where and rules: give one of them.` })
  const parsed = yield* readWhere(where, `${place}.where`)
  return { ...declared, rules: parsed.rules, typed: { text: where, places: parsed.places } } satisfies Declared
})

/** Reads a file of audiences. Names without an id are unique in it. */
export const readAudienceFile = Effect.fn("plans.readAudienceFile")(function* (file: string) {
  const { audiences } = yield* decode(yield* parseText(yield* readUserFile(file), file), file)
  const declared: ReadonlyArray<Declared> = yield* Effect.forEach(audiences, (audience, i) =>
    resolve(audience, `audiences[${i}]`)
  )
  for (const [i, { id, name }] of declared.entries()) {
    const first = declared.findIndex((other) =>
      id === undefined ? other.id === undefined && other.name === name : other.id === id
    )
    if (first < i)
      return yield* new UsageError({ message: `audiences[${i}] is the same as audiences[${first}]: ${id ?? name}.` })
  }
  return declared
})

import { Effect, Option, Schema } from "effect"
import { Argument, Flag } from "effect/cli"
import { schemaIssues, ValidationError } from "@audiences/domain/ValidationError"
import { readArgument, standardInput } from "../UserFile.ts"
import { UsageError } from "../UsageError.ts"

/** JSON on the command line, in a file, or on standard input. */
export const jsonSource = (name: string, what: string) =>
  Flag.String(name).pipe(Flag.optional, Flag.withMetavar("json|@file|-"), Flag.withDescription(what))

/** The same as an argument. */
export const jsonArgument = (name: string, what: string) =>
  Argument.String(name).pipe(Argument.withMetavar("json|@file|-"), Argument.withDescription(what))

/** Reads what `jsonSource` or `jsonArgument` names. */
export const readJson = Effect.fnUntraced(function* (name: string, source: string, label = `--${name}`) {
  const text = yield* readArgument(source)
  const named = source === standardInput || source === `@${standardInput}` ? "standard input" : source.slice(1)
  return yield* Effect.try({
    try: (): unknown => JSON.parse(text),
    catch: (error) =>
      new UsageError({
        message: `${label} is not JSON${text === source ? "" : ` (${named})`}: ${error instanceof Error ? error.message : error}`
      })
  })
})

/** Reads a body as the server would, and refuses it in the server's words. */
export const decodeBody = <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S,
  body: unknown
): Effect.Effect<S["Type"], ValidationError> =>
  Schema.decodeUnknownEffect(schema, { errors: "all", reportInput: true })(body).pipe(
    Effect.mapError((error) => new ValidationError({ issues: schemaIssues(error.issue, body) }))
  ) as Effect.Effect<S["Type"], ValidationError>

const interval = /^(\d+)(s|m|h|d|w)?$/
const seconds = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** Seconds of `90`, `90s`, `15m`, `6h`, `1d`, `1w`. */
export const durationFlag = (name: string, what: string) =>
  Flag.String(name).pipe(
    Flag.filterMap(
      (text) =>
        Option.map(
          Option.fromNullishOr(interval.exec(text)),
          ([, count, unit = "s"]) => Number(count) * seconds[unit as keyof typeof seconds]
        ),
      () => "Expected seconds, or a number with s, m, h, d or w, such as 15m"
    ),
    Flag.withMetavar("duration"),
    Flag.withDescription(what)
  )

export const intervalFlag = durationFlag("interval", "Time between refreshes, such as 900 or 15m")

import { fold } from "@audiences/domain/Fold"
import { parseInstant } from "@audiences/domain/Instant"
import { canonicalMoney } from "@audiences/domain/Money"
import type { Scalar } from "@audiences/domain/Scalar"
import { DateTime, Option, Result } from "effect"
import { moneyUnits } from "./ComparedConsumer.ts"
import type { MetadataScalar, Moment } from "./Condition.ts"
import { looksLikeDuration, parseDuration } from "./RelativeDuration.ts"

/** Reads one value of a rule; fails with what to send instead. */
export type Reader<Value> = (value: Scalar) => Result.Result<Value, string>

const shown = (value: Scalar): string => {
  const json = JSON.stringify(value)
  return json.length > 60 ? `${json.slice(0, 60)}…` : json
}

const nullMessage = "null is not a value to compare with: use EXISTS or NOT_EXISTS to ask whether there is a value"

const mistyped = (value: Scalar, expected: string) =>
  Result.fail(value === null ? nullMessage : `Expected ${expected} but received ${shown(value)}`)

/** Of a field that does not exist, only null is known to be wrong. */
export const readUnknown: Reader<Scalar> = (value) => (value === null ? mistyped(value, "") : Result.succeed(value))

export const readText: Reader<string> = (value) =>
  typeof value === "string" ? Result.succeed(fold(value)) : mistyped(value, "a text")

/** Every text contains the empty one, so asking for it is a mistake. */
export const readPart: Reader<string> = (value) =>
  value === ""
    ? Result.fail("Every text contains the empty text: send at least one character, or use EXISTS")
    : readText(value)

export const readNumber: Reader<number> = (value) =>
  typeof value === "number"
    ? Result.succeed(value === 0 ? 0 : value)
    : mistyped(value, "a number, such as 5 (without quotes)")

export const readBoolean: Reader<boolean> = (value) =>
  typeof value === "boolean" ? Result.succeed(value) : mistyped(value, "true or false (without quotes)")

export const readMetadata: Reader<MetadataScalar> = (value) =>
  value === null
    ? mistyped(value, "")
    : typeof value === "string"
      ? readText(value)
      : typeof value === "number"
        ? readNumber(value)
        : Result.succeed(value)

export const readMetadataPart: Reader<MetadataScalar> = (value) =>
  typeof value === "string" ? readPart(value) : readMetadata(value)

const amount = /^-?\d{1,12}(\.\d{1,8})?$/

/** Significant digits that a JSON number carries unharmed; longer ones were perhaps rounded before they came here. */
const exactDigits = 15

/** Plain decimal notation of a number that was written with at most 15 significant digits. */
const decimalOf = (value: number): string | undefined => {
  const [digits = "", exponent = "0"] = Math.abs(value).toExponential().split("e")
  if (digits.replace(".", "").length > exactDigits) return undefined
  return +exponent < 0 ? value.toFixed(Math.min(100, digits.replace(".", "").length - 1 - +exponent)) : String(value)
}

export const readMoney: Reader<string> = (value) => {
  const text = typeof value === "number" ? decimalOf(value) : value
  if (text === undefined)
    return Result.fail(`${shown(value)} has more digits than a JSON number carries unharmed: send it as a text`)
  if (typeof text !== "string" || !amount.test(text)) {
    return mistyped(value, 'an amount, such as "1234.50" (at most 12 digits before and 8 after the point)')
  }
  const shortest = canonicalMoney(text.replace("-", ""))
  return Result.succeed(text.startsWith("-") && shortest !== "0" ? `-${shortest}` : shortest)
}

const instantExample = 'an ISO-8601 instant, such as "2026-01-31T09:30:00Z", or a date'

export const readInstant: Reader<number> = (value) => {
  if (typeof value !== "string") return mistyped(value, instantExample)
  if (looksLikeDuration(value)) {
    return Result.fail(
      `${shown(value)} is relative to now, and nothing stays equal to a moving instant: use a comparison or BETWEEN`
    )
  }
  return Option.match(parseInstant(value), {
    onNone: () => mistyped(value, instantExample),
    onSome: (instant) => Result.succeed(DateTime.toEpochMillis(instant))
  })
}

export const readMoment: Reader<Moment> = (value) =>
  typeof value === "string" && looksLikeDuration(value)
    ? Result.map(parseDuration(value), (offsetMillis): Moment => ({ _tag: "Relative", offsetMillis }))
    : (typeof value === "string" && Option.isSome(parseInstant(value))) || value === null
      ? Result.map(readInstant(value), (epochMillis): Moment => ({ _tag: "At", epochMillis }))
      : mistyped(value, `${instantExample}, or a duration relative to now, such as "-P30D"`)

/** The order of amounts in units of 10⁻⁸. */
export const compareMoney = (a: string, b: string): number => {
  const difference = moneyUnits(a) - moneyUnits(b)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** Moments of different kinds have no order: it changes with time. */
export const compareMoments = (a: Moment, b: Moment): number =>
  a._tag === "At" && b._tag === "At"
    ? a.epochMillis - b.epochMillis
    : a._tag === "Relative" && b._tag === "Relative"
      ? a.offsetMillis - b.offsetMillis
      : 0

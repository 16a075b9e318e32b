import { DateTime, Effect, Option, Schema, SchemaGetter, SchemaIssue } from "effect"

const iso = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?))?$/i
/** The first and the last instant that ISO-8601 writes with four digits of year, in milliseconds since 1970. */
export const earliestInstant = DateTime.toEpochMillis(DateTime.makeUnsafe("0001-01-01T00:00:00.000Z"))
export const latestInstant = DateTime.toEpochMillis(DateTime.makeUnsafe("9999-12-31T23:59:59.999Z"))

const daysOfMonth = (year: number, month: number): number =>
  month === 2
    ? year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
      ? 29
      : 28
    : [4, 6, 9, 11].includes(month)
      ? 30
      : 31

/** In the Gregorian calendar, by years that begin in March: the leap day is then the last. */
const daysSince1970 = (year: number, month: number, day: number): number => {
  const y = month > 2 ? year : year - 1
  const m = (month + 9) % 12
  return (
    365 * y +
    Math.floor(y / 4) -
    Math.floor(y / 100) +
    Math.floor(y / 400) +
    Math.floor((153 * m + 2) / 5) +
    day -
    719_469
  )
}

/**
 * Reads an ISO-8601 instant: a date, or a date and time with any offset, kept to the millisecond; a date alone is 00:00Z.
 * A time without an offset names no instant and is refused, and so is a day that its month does not have.
 */
export const parseInstant = (text: string): Option.Option<DateTime.Utc> => {
  const match = iso.exec(text)
  if (match === null) return Option.none()
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "", zone = "Z"] = match
  if (+month! < 1 || +month! > 12 || +day! < 1 || +day! > daysOfMonth(+year!, +month!)) return Option.none()
  if (+hour > 23 || +minute > 59 || +second > 59) return Option.none()
  const digits = zone.replace(/[^\d]/g, "").padEnd(4, "0")
  const offsetMinutes =
    zone.toUpperCase() === "Z" ? 0 : (+digits.slice(0, 2) * 60 + +digits.slice(2)) * (zone[0] === "-" ? -1 : 1)
  if (+digits.slice(0, 2) > 23 || +digits.slice(2) > 59) return Option.none()
  const millis =
    daysSince1970(+year!, +month!, +day!) * 86_400_000 +
    ((+hour * 60 + +minute - offsetMinutes) * 60 + +second) * 1000 +
    +fraction.padEnd(3, "0").slice(0, 3)
  return millis < earliestInstant || millis > latestInstant ? Option.none() : Option.some(DateTime.makeUnsafe(millis))
}

const expected = "an ISO-8601 instant, such as 2026-01-31T09:30:00Z, or a date"

const fromText = Schema.String.annotate({ expected }).pipe(
  Schema.decodeTo(Schema.DateTimeUtc, {
    decode: SchemaGetter.transformEffect((text: string, options) =>
      Option.match(parseInstant(text), {
        onNone: () => Effect.fail(new SchemaIssue.InvalidValue({ message: `Expected ${expected}` }, text, options)),
        onSome: Effect.succeed
      })
    ),
    encode: SchemaGetter.transform(DateTime.formatIso)
  })
)

/** An instant on the wire: ISO-8601, UTC with milliseconds out, any offset in. */
export const Instant = fromText.pipe(Schema.annotateEncoded({ format: "date-time" }))

/** As `Instant`; the published requests declare these fields as plain strings. */
export const InstantInput = fromText

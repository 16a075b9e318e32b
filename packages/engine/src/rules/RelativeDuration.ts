import { Result } from "effect"

const duration = /^([+-]?)P(?=[\dT])(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/

const calendar = /^[+-]?P[^T]*\d[YM]/i

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const week = 7 * day

/** The reach of calendars on either side of 1970: 100 million days. */
const longest = 100_000_000 * day

/** Whether a text is meant as a duration: no instant begins so. */
export const looksLikeDuration = (text: string): boolean => /^[+-]?P([\d.,+-]|T|$)/i.test(text)

/**
 * Milliseconds in an ISO-8601 duration of weeks, days, hours, minutes and seconds, with an optional sign before the `P`; a day is
 * 24 hours. Fails with what to send instead.
 */
export const parseDuration = (text: string): Result.Result<number, string> => {
  const match = duration.exec(text)
  if (match === null) return Result.fail(refusal(text))
  const [, sign, weeks = "0", days = "0", hours = "0", minutes = "0", seconds = "0"] = match
  const millis = +weeks * week + +days * day + +hours * hour + +minutes * minute + +seconds * second
  if (millis > longest) return Result.fail("Durations reach at most 100000000 days from now")
  return Result.succeed(sign === "-" && millis > 0 ? -millis : millis)
}

const refusal = (text: string): string => {
  const example = 'such as "-P30D" (thirty days ago), "P1W" or "-PT90M" (ninety minutes ago)'
  if (calendar.test(text)) {
    return `Months and years differ in length: use days or weeks, ${example}. A number of minutes stands behind a T, as in "PT1M"`
  }
  if (/[.,]\d/.test(text)) return `Durations are of whole numbers: use a smaller unit, ${example}`
  if (text !== text.toUpperCase()) return `Durations are written in capital letters, ${example}`
  return `Not a duration of weeks (W), days (D), hours (TH), minutes (TM) and seconds (TS), in this order and with the sign in front, ${example}`
}

import { earliestInstant, Instant, latestInstant, parseInstant } from "@audiences/domain/Instant"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Option, Schema } from "effect"

const read = (text: string) => Option.map(parseInstant(text), DateTime.formatIso)

describe("parseInstant", () => {
  it.each([
    ["2026-01-31", "2026-01-31T00:00:00.000Z"],
    ["2026-01-31T09:30Z", "2026-01-31T09:30:00.000Z"],
    ["2026-01-31T09:30:15Z", "2026-01-31T09:30:15.000Z"],
    ["2026-01-31T09:30:15.5Z", "2026-01-31T09:30:15.500Z"],
    ["2026-01-31T09:30:15,25Z", "2026-01-31T09:30:15.250Z"],
    ["2026-01-31T09:30:15.123456789Z", "2026-01-31T09:30:15.123Z"],
    ["2026-01-31T09:30:15.9999Z", "2026-01-31T09:30:15.999Z"],
    ["2026-01-31t09:30:15z", "2026-01-31T09:30:15.000Z"],
    ["2026-01-31T23:30:00-05:00", "2026-02-01T04:30:00.000Z"],
    ["2026-01-31T00:30:00+0545", "2026-01-30T18:45:00.000Z"],
    ["2026-01-31T00:30:00+01", "2026-01-30T23:30:00.000Z"],
    ["2026-01-31T00:30:00-00:30", "2026-01-31T01:00:00.000Z"],
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
    ["1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"],
    ["0001-01-01", "0001-01-01T00:00:00.000Z"],
    ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"]
  ])("reads %s", (text, expected) => {
    assert.deepStrictEqual(read(text), Option.some(expected))
  })

  it.each([
    "",
    "now",
    "2026",
    "2026-01",
    "2026-1-31",
    "20260131",
    "2026-02-29",
    "2026-02-30",
    "2026-13-01",
    "2026-00-01",
    "2026-01-00",
    "2026-01-31T",
    "2026-01-31T09:30:15",
    "2026-01-31 09:30:15Z",
    "2026-01-31T9:30Z",
    "2026-01-31T24:00:00Z",
    "2026-01-31T09:60:00Z",
    "2026-01-31T09:30:60Z",
    "2026-01-31T09:30:15.Z",
    "2026-01-31T09:30:15+24:00",
    "2026-01-31T09:30:15+01:60",
    "2026-01-31T09:30:15Z\n",
    " 2026-01-31",
    "+2026-01-31",
    "0000-12-31",
    "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-00:01",
    "２０２６-01-31",
    "-P30D",
    "1767225600000"
  ])("refuses %j", (text) => {
    assert.isTrue(Option.isNone(parseInstant(text)))
  })

  it.prop(
    "reads what it writes",
    [Schema.Int.check(Schema.isBetween({ minimum: earliestInstant, maximum: latestInstant }))],
    ([millis]) => {
      const instant = DateTime.makeUnsafe(millis)
      const text = Schema.encodeSync(Instant)(instant)
      assert.strictEqual(text, DateTime.formatIso(instant))
      assert.deepStrictEqual(Schema.decodeUnknownSync(Instant)(text), instant)
    }
  )

  it.prop(
    "knows every day of every year",
    [
      Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9999 })),
      Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 12 }))
    ],
    ([year, month]) => {
      const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
      const length = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!
      const pad = (n: number, digits: number) => String(n).padStart(digits, "0")
      for (let day = 1; day <= 32; day++) {
        assert.strictEqual(
          Option.isSome(parseInstant(`${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`)),
          day <= length
        )
      }
    }
  )
})

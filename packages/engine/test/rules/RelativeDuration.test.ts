import { looksLikeDuration, parseDuration } from "@audiences/engine/rules/RelativeDuration"
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"

const refusal = (text: string): string => Result.getOrThrow(Result.flip(parseDuration(text)))
const count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100_000 }))

describe("parseDuration", () => {
  it.each([
    ["P0D", 0],
    ["-P0D", 0],
    ["PT0S", 0],
    ["P7D", 604_800_000],
    ["+P7D", 604_800_000],
    ["-P30D", -2_592_000_000],
    ["P1W", 604_800_000],
    ["PT1M", 60_000],
    ["-PT90M", -5_400_000],
    ["PT36H", 129_600_000],
    ["P1W2DT3H4M5S", 788_645_000],
    ["P0001D", 86_400_000],
    ["P100000000D", 8_640_000_000_000_000]
  ])("reads %s", (text, millis) => {
    assert.deepStrictEqual(parseDuration(text), Result.succeed(millis))
    assert.isTrue(looksLikeDuration(text))
  })

  it.each([
    ["P1M", "Months and years"],
    ["-P1Y", "Months and years"],
    ["P1Y2M3DT4H", "Months and years"],
    ["P1M1D", "Months and years"],
    ["P1.5D", "whole numbers"],
    ["PT0,5H", "whole numbers"],
    ["p30d", "capital letters"],
    ["P", "Not a duration"],
    ["-P", "Not a duration"],
    ["PT", "Not a duration"],
    ["P1DT", "Not a duration"],
    ["P1H", "Not a duration"],
    ["PT1D", "Not a duration"],
    ["P1D1W", "Not a duration"],
    ["P-30D", "sign in front"],
    ["P1D ", "Not a duration"],
    ["P100000001D", "at most 100000000 days"],
    [`P${"9".repeat(400)}W`, "at most 100000000 days"]
  ])("refuses %s", (text, reason) => {
    assert.include(refusal(text), reason)
    assert.isTrue(looksLikeDuration(text))
  })

  it("leaves instants and words alone", () => {
    for (const text of ["2026-01-31", "-0001-01-01", "Paris", "", "yesterday"]) assert.isFalse(looksLikeDuration(text))
  })

  it.prop(
    "counts weeks, days, hours, minutes and seconds of fixed length",
    [count, count, count, count, count, Schema.Boolean],
    ([w, d, h, m, s, past]) => {
      const millis = ((((w * 7 + d) * 24 + h) * 60 + m) * 60 + s) * 1000
      assert.deepStrictEqual(
        parseDuration(`${past ? "-" : ""}P${w}W${d}DT${h}H${m}M${s}S`),
        Result.succeed(past && millis > 0 ? -millis : millis)
      )
    }
  )
})

import { tierRanges } from "@audiences/engine/groups/TierRanges"
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"

const startingAt = (startValue: string | number) =>
  tierRanges({ attribute: "loyaltyBalance", groupName: "Points", tiers: [{ name: "Gold", order: 1, startValue }] })

describe("a range of points", () => {
  it("is refused where a number would be another than its text", () => {
    const refused = ["9007199254740993", "1234567890123456789", "0.12345678901234567890", `1${"0".repeat(30)}1`]
    for (const text of refused) {
      const result = startingAt(text)
      if (Result.isSuccess(result)) assert.fail(text)
      assert.deepStrictEqual(result.failure[0]!.path, ["tiers", 0, "startValue"])
      assert.match(result.failure[0]!.message, /more digits than a number carries/)
    }
  })

  it("may be written with zeros that say nothing, and with all digits that a number has", () => {
    const read = [
      ["007.50", 7.5],
      ["-0.0", 0],
      ["9007199254740992", 9007199254740992],
      ["0.30000000000000004", 0.30000000000000004],
      ["0.0000001", 1e-7],
      ["1000000000000000000000000", 1e24]
    ] as const
    for (const [text, value] of read)
      assert.deepStrictEqual(Result.getOrThrow(startingAt(text))[0]!.rules[0]!.values, [value])
  })
})

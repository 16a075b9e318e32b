import { comparedConsumer } from "@audiences/engine/rules/ComparedConsumer"
import { nextFlip } from "@audiences/engine/explanations/NextFlip"
import { assert, describe, it } from "@effect/vitest"
import { DateTime } from "effect"
import { isMember } from "../../../../tools/vitest/rules/BruteForce.ts"
import { randomConsumers, randomRules, randomRulesNow } from "../../../../tools/vitest/rules/RandomRules.ts"
import { comparedOf } from "@audiences/engine/explanations/ConsumerFacts"
import { modelOf } from "./Model.ts"

describe("The next flip", () => {
  it("is the instant at which a boundary passes, this included or not", () => {
    const consumer = comparedConsumer({ lastOrderAt: 1_000_000 }, null)
    const of = (operator: "GREATER_THAN" | "GREATER_THAN_OR_EQUAL" | "LESS_THAN") =>
      nextFlip([{ field: "lastOrderAt", operator, values: ["-PT10S"] }], consumer, 1_005_000)
    assert.deepStrictEqual(
      [of("GREATER_THAN"), of("GREATER_THAN_OR_EQUAL"), of("LESS_THAN")],
      [1_010_000, 1_010_001, 1_010_001]
    )
  })

  it.prop(
    "is the first, by the judgement of the rules word for word",
    [randomRules, randomConsumers(4)],
    ([lines, consumers]) => {
      for (const consumer of consumers) {
        const wire = { ...consumer, archived: false }
        const before = isMember(lines, wire, randomRulesNow)
        const at = nextFlip(lines, comparedOf(modelOf(wire)), randomRulesNow)
        const end = at ?? DateTime.toEpochMillis(DateTime.makeUnsafe("2027-01-01T00:00:00Z"))
        if (at !== undefined) assert.strictEqual(isMember(lines, wire, at), !before)
        const times = [
          end - 1,
          ...[1, 1000, 3600_000, 7 * 86400_000, 30 * 86400_000].map((step) => randomRulesNow + step)
        ]
        for (const time of times.filter((each) => each >= randomRulesNow && each < end)) {
          assert.strictEqual(isMember(lines, wire, time), before)
        }
      }
    },
    { arbitrary: { runs: 300 } }
  )
})

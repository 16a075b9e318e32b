import type { RuleLine } from "@audiences/domain/Rule"
import { comparedOf, wireValue } from "@audiences/engine/explanations/ConsumerFacts"
import { compileGroups, smallestChange } from "@audiences/engine/explanations/SmallestChange"
import { assert, describe, it } from "@effect/vitest"
import { isMember, type WireConsumer } from "../../../../tools/vitest/rules/BruteForce.ts"
import { modelOf } from "./Model.ts"
import { randomConsumers, randomRules, randomRulesNow } from "../../../../tools/vitest/rules/RandomRules.ts"

const live = (wire: WireConsumer): WireConsumer => ({ ...wire, archived: false })

/** The wire's consumer after the change that was told. */
const changed = (wire: WireConsumer, lines: ReadonlyArray<RuleLine>): WireConsumer | undefined => {
  const changes = smallestChange(compileGroups(lines), comparedOf(modelOf(wire)), randomRulesNow)
  return changes?.reduce((consumer: WireConsumer, { field, to }) => {
    const value = wireValue(field, to)
    if (field._tag === "Attribute") return { ...consumer, [field.name]: value }
    const rest = Object.entries((consumer.metadata ?? {}) as object).filter(([key]) => key !== field.key)
    return { ...consumer, metadata: Object.fromEntries(value === null ? rest : [...rest, [field.key, value]]) }
  }, wire)
}

const told = { tried: 0, found: 0 }

describe("The smallest change", () => {
  it.prop(
    "takes a consumer to the other side, by the judgement of the rules word for word",
    [randomRules, randomConsumers(4)],
    ([lines, consumers]) => {
      for (const wire of consumers.map(live)) {
        const before = isMember(lines, wire, randomRulesNow)
        const [groups, compared] = [compileGroups(lines), comparedOf(modelOf(wire))]
        const holds = groups.some((group) => group.lines.every((line) => line.holds(compared, randomRulesNow)))
        assert.strictEqual(holds, before)
        const after = changed(wire, lines)
        told.tried++
        if (after === undefined) continue
        told.found++
        assert.strictEqual(isMember(lines, after, randomRulesNow), !before, JSON.stringify({ lines, wire, after }))
      }
    },
    { arbitrary: { runs: 400 } }
  )

  it("is looked for only so long, however many rules there are", () => {
    const lines = Array.from({ length: 1000 }, (_, i) => ({
      field: ["totalOrders", "loyaltyBalance", "metadata.a"][i % 3]!,
      operator: i % 2 === 0 ? ("NOT_IN" as const) : ("GREATER_THAN" as const),
      values: i % 2 === 0 ? Array.from({ length: 200 }, (_, n) => n * 1000 + i) : [i - 2000],
      groupId: `00000000-0000-4000-8000-${String(i % 250).padStart(12, "0")}`
    }))
    const wire = { totalOrders: 0.5, loyaltyBalance: 0.5, metadata: { a: 0.5 }, archived: false }
    const began = performance.now()
    changed(wire, lines)
    assert.isBelow(performance.now() - began, 3000)
  })

  it("is found most of the time", () => {
    assert.isAbove(told.found / told.tried, 0.6)
  })
})

import type { OrganizationId } from "@audiences/domain/Organization"
import type { RuleLine } from "@audiences/domain/Rule"
import { maxRules } from "@audiences/engine/rules/RuleCompiler"
import { assert, layer } from "@effect/vitest"
import { Arbitrary, Effect, Layer, Random } from "effect"
import { PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"
import { isMember, type WireConsumer } from "../../../../tools/vitest/rules/BruteForce.ts"
import { randomConsumers, randomRules, randomRulesNow } from "../../../../tools/vitest/rules/RandomRules.ts"
import { insertConsumers, members, membersByColumns, TestColumns } from "./Population.ts"

const expected = (consumers: ReadonlyArray<WireConsumer>, lines: ReadonlyArray<RuleLine>, now: number) =>
  consumers.flatMap((consumer, i) => (isMember(lines, consumer, now) ? [i] : []))

/** Whom SQL finds, and whom columns find. */
const asking = (organizationId: OrganizationId, lines: ReadonlyArray<RuleLine>) =>
  [members(organizationId, lines, randomRulesNow), membersByColumns(organizationId, lines, randomRulesNow)] as const

layer(Layer.merge(PostgresTest, TestColumns.layer))("Evaluators", (it) => {
  it.effect(
    "by SQL and by columns find whom the plain reading of the rules finds",
    () =>
      Effect.gen(function* () {
        const divided = new Map<string, number>()
        for (let population = 0; population < 5; population++) {
          const seed = yield* Random.nextInt
          const [consumers = []] = yield* Arbitrary.sampleEffect(randomConsumers(200), { count: 1, size: 20, seed })
          const organizationId = yield* insertConsumers(consumers)
          const result = yield* Arbitrary.checkEffect(
            randomRules,
            (lines) =>
              Effect.map(Effect.all(asking(organizationId, lines)), ([found, byColumns]) => {
                const wanted = expected(consumers, lines, randomRulesNow)
                if (wanted.length > 0 && wanted.length < 140)
                  for (const { operator } of lines) divided.set(operator, (divided.get(operator) ?? 0) + 1)
                return [found, byColumns].every((each) => JSON.stringify(each) === JSON.stringify(wanted))
              }),
            { runs: 400, size: 20, concurrency: 4, seed }
          )
          assert.strictEqual(Arbitrary.formatCheckFailure(result), undefined, `seed ${seed}`)
        }
        // An operator that always finds everybody or nobody would prove nothing.
        assert.strictEqual(divided.size, 13)
        assert.isTrue(
          [...divided.values()].every((count) => count >= 20),
          JSON.stringify([...divided])
        )
      }),
    60_000
  )

  it.effect("has nobody in an audience without rules", () =>
    Effect.gen(function* () {
      const organizationId = yield* insertConsumers([{ status: "ACTIVE" }])
      assert.deepStrictEqual(yield* Effect.all(asking(organizationId, [])), [[], []])
    })
  )

  it.effect("takes thousands of values and a long list of rules", () =>
    Effect.gen(function* () {
      const organizationId = yield* insertConsumers([
        { totalOrders: 7, metadata: { tags: ["x", 99_999] } },
        { totalOrders: -1 }
      ])
      const values = Array.from({ length: 100_000 }, (_, i) => i)
      for (const field of ["totalOrders", "metadata.tags"])
        assert.deepStrictEqual(yield* Effect.all(asking(organizationId, [{ field, operator: "IN", values }])), [
          [0],
          [0]
        ])
      const longest = Array.from({ length: maxRules }, (): RuleLine => ({
        field: "metadata.tags",
        operator: "NOT_CONTAINS",
        values: ["y"]
      }))
      assert.deepStrictEqual(yield* Effect.all(asking(organizationId, longest)), [
        [0, 1],
        [0, 1]
      ])
    })
  )
})

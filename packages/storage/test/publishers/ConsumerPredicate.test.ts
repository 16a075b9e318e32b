import type { OrganizationId } from "@audiences/domain/Organization"
import { fieldsOf } from "@audiences/engine/rules/ConditionFields"
import { compilePredicate } from "@audiences/engine/rules/ConsumerPredicate"
import { compileRules } from "@audiences/engine/rules/RuleCompiler"
import { readCompared } from "@audiences/storage/publishers/ComparedConsumers"
import type { RuleLine } from "@audiences/domain/Rule"
import { assert, layer } from "@effect/vitest"
import { Arbitrary, Effect, Random, Result } from "effect"
import { SqlClient } from "effect/sql"
import { PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"
import { isMember } from "../../../../tools/vitest/rules/BruteForce.ts"
import { randomConsumers, randomRules, randomRulesNow } from "../../../../tools/vitest/rules/RandomRules.ts"
import { insertConsumers } from "../rules/Population.ts"

/** The ordinals of the members that the predicate finds among consumers read with the fields that its rules name. */
const members = Effect.fnUntraced(function* (
  organizationId: OrganizationId,
  count: number,
  lines: ReadonlyArray<RuleLine>,
  now: number
) {
  const sql = yield* SqlClient.SqlClient
  const condition = Result.getOrThrow(compileRules(lines))
  const ordinals = Array.from({ length: count }, (_, i) => i)
  const consumers = yield* readCompared(sql, organizationId, ordinals, fieldsOf(condition))
  const predicate = compilePredicate(condition)
  return ordinals.filter((ordinal) => {
    const { archived, compared } = consumers.get(ordinal)!
    return !archived && predicate(compared, now)
  })
})

layer(PostgresTest)("a predicate over one consumer", (it) => {
  it.effect("finds whom the plain reading of the rules finds", () =>
    Effect.gen(function* () {
      for (let population = 0; population < 5; population++) {
        const seed = yield* Random.nextInt
        const [consumers = []] = yield* Arbitrary.sampleEffect(randomConsumers(200), { count: 1, size: 20, seed })
        const organizationId = yield* insertConsumers(consumers)
        const result = yield* Arbitrary.checkEffect(
          randomRules,
          (lines) =>
            Effect.map(members(organizationId, consumers.length, lines, randomRulesNow), (found) => {
              const wanted = consumers.flatMap((consumer, i) => (isMember(lines, consumer, randomRulesNow) ? [i] : []))
              return JSON.stringify(found) === JSON.stringify(wanted)
            }),
          { runs: 400, size: 20, concurrency: 4, seed }
        )
        assert.strictEqual(Arbitrary.formatCheckFailure(result), undefined, `seed ${seed}`)
      }
    })
  )

  it.effect("knows no keys but a consumer's own, and lets no rule become code", () =>
    Effect.gen(function* () {
      const organizationId = yield* insertConsumers([
        { metadata: { constructor: "x", __proto__: "own", 'a"b`${c}': 1, "\u2028": true } },
        {}
      ])
      const exists = (key: string) =>
        members(organizationId, 2, [{ field: `metadata.${key}`, operator: "EXISTS", values: [] }], randomRulesNow)
      for (const key of ["constructor", 'a"b`${c}', "\u2028"]) assert.deepStrictEqual(yield* exists(key), [0], key)
      for (const key of ["toString", "hasOwnProperty", "valueOf", '"]; throw 1; //']) {
        assert.deepStrictEqual(yield* exists(key), [], key)
      }
    })
  )
})

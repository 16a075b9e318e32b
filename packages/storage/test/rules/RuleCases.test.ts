import { RuleLine } from "@audiences/domain/Rule"
import { compileRules } from "@audiences/engine/rules/RuleCompiler"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Result, Schema } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"
import { isMember } from "../../../../tools/vitest/rules/BruteForce.ts"
import { completeConsumer, insertConsumers, members, membersByColumns, TestColumns } from "./Population.ts"

const Rules = Schema.Array(RuleLine)
const Evaluated = Schema.Struct({
  title: Schema.String,
  now: Schema.String,
  consumers: Schema.Array(
    Schema.StructWithRest(Schema.Struct({ id: Schema.String }), [Schema.Record(Schema.String, Schema.Unknown)])
  ),
  rules: Rules,
  members: Schema.Array(Schema.String)
})
const Refused = Schema.Struct({
  title: Schema.String,
  rules: Rules,
  refused: Schema.Array(Schema.Array(Schema.Union([Schema.String, Schema.Finite])))
})
const decode = Schema.decodeUnknownSync(Schema.Union([Evaluated, Refused]))

const directory = new URL("../../../../spec/rules/", import.meta.url)
const cases = readdirSync(directory)
  .filter((name) => name.endsWith(".json"))
  .sort()
  .map((name) => ({
    name: name.replace(".json", ""),
    ...decode(JSON.parse(readFileSync(new URL(name, directory), "utf8")))
  }))

layer(Layer.merge(PostgresTest, TestColumns.layer))("the numbered cases of the rule language", (it) => {
  it.effect.each(cases)("$name: $title", (each) =>
    Effect.gen(function* () {
      if ("refused" in each) {
        const problems = Result.getOrThrow(Result.flip(compileRules(each.rules)))
        assert.deepStrictEqual<ReadonlyArray<ReadonlyArray<PropertyKey>>>(
          problems.map((problem) => problem.path),
          each.refused
        )
        return
      }
      const now = Date.parse(each.now)
      const organizationId = yield* insertConsumers(each.consumers.map(({ id: _, ...consumer }) => consumer))
      const named = (ordinals: ReadonlyArray<number>) => ordinals.map((ordinal) => each.consumers[ordinal]!.id)
      assert.deepStrictEqual(named(yield* members(organizationId, each.rules, now)), each.members)
      assert.deepStrictEqual(named(yield* membersByColumns(organizationId, each.rules, now)), each.members)
      const plain = each.consumers.flatMap((consumer, i) =>
        isMember(each.rules, completeConsumer(consumer), now) ? [i] : []
      )
      assert.deepStrictEqual(named(plain), each.members)
    })
  )

  it("are numbered without gaps", () => {
    assert.deepStrictEqual(
      cases.map(({ name }) => Number(name.slice(0, 3))),
      cases.map((_, i) => i + 1)
    )
  })
})

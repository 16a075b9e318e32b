import type { AudienceId } from "@audiences/domain/AudienceId"
import { RuleId, type RuleInput, type RuleLine } from "@audiences/domain/Rule"
import { Audiences } from "@audiences/engine/audiences/Audiences"
import { Memberships } from "@audiences/engine/memberships/Memberships"
import type { ValidationError } from "@audiences/domain/ValidationError"
import { maxRules } from "@audiences/engine/rules/RuleCompiler"
import { Rules } from "@audiences/engine/rules/Rules"
import { Uuid } from "@audiences/domain/Uuid"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { freshActor, jobsOf, makeAudience, runRefreshes, ServiceTest, unknownAudience } from "../Service.ts"

const line = (value: number): RuleLine => ({ field: "totalSpend", operator: "GREATER_THAN", values: [value] })
const rule = (audienceId: AudienceId, value: number, more: Partial<RuleInput> = {}): RuleInput => ({
  audienceId,
  ...line(value),
  ...more
})
const upper = (id: AudienceId) => id.toUpperCase() as AudienceId

const revisionOf = Effect.fnUntraced(function* (id: AudienceId) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ revision: number; requested: number }>`
    SELECT rules_revision::int AS revision, refreshes_requested::int AS requested FROM audiences WHERE id = ${id}::uuid`
  return row
})

layer(ServiceTest)("Rules", (it) => {
  it.effect("a rule is kept and returned as it was sent, in its place", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const rules = yield* Rules
      const { id } = yield* makeAudience(actor, { type: "DYNAMIC" })
      const groupId = yield* yield* Uuid
      const last = yield* rules.create(actor, id, rule(id, 1))
      const first = yield* rules.create(actor, id, rule(upper(id), 2, { groupId, position: -1.5 }))
      const middle = yield* rules.create(actor, id, {
        audienceId: id,
        field: "metadata.Größe",
        operator: "IN",
        values: ["x", 1, true, 0.1],
        position: 0
      })
      assert.deepStrictEqual(first, {
        ...rule(id, 2, { groupId, position: -1.5 }),
        id: first.id,
        organizationId: actor.organizationId
      })
      assert.deepStrictEqual(last, {
        ...rule(id, 1),
        groupId: null,
        position: null,
        id: last.id,
        organizationId: actor.organizationId
      })
      assert.deepStrictEqual(middle.values, ["x", 1, true, 0.1])
      assert.deepStrictEqual(yield* rules.list(actor.organizationId, id), [first, middle, last])
      assert.deepStrictEqual(yield* rules.get(actor.organizationId, id, RuleId.make(first.id.toUpperCase())), first)
    })
  )

  it.effect("every change raises the revision and asks for a refresh in one go", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const rules = yield* Rules
      const memberships = yield* Memberships
      const { id } = yield* makeAudience(actor, { type: "DYNAMIC" })
      assert.deepStrictEqual(yield* revisionOf(id), { revision: 0, requested: 1 })
      const made = yield* rules.create(actor, id, rule(id, 1))
      yield* rules.update(actor, id, made.id, { values: [5], position: 3 })
      const [kept] = yield* rules.replace(actor, id, { rules: [rule(id, 6), rule(id, 7)] })
      yield* rules.remove(actor, id, kept!.id)
      assert.deepStrictEqual(yield* revisionOf(id), { revision: 4, requested: 5 })
      assert.strictEqual((yield* jobsOf(actor.organizationId)).length, 5)
      assert.isTrue((yield* memberships.status(actor.organizationId, id)).inProgress)
      yield* runRefreshes(actor.organizationId)
      assert.isFalse((yield* memberships.status(actor.organizationId, id)).inProgress)
      assert.deepStrictEqual(
        (yield* rules.list(actor.organizationId, id)).map(({ values }) => values),
        [[7]]
      )
    })
  )

  it.effect("refuses a bad rule at write time, with its path, and writes nothing", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const rules = yield* Rules
      const { id } = yield* makeAudience(actor, { type: "DYNAMIC", rules: [line(1)] })
      const stored = (yield* rules.list(actor.organizationId, id))[0]!
      const paths = (attempt: Effect.Effect<unknown, unknown>) =>
        Effect.map(Effect.flip(attempt), (error) =>
          (error as { issues: ReadonlyArray<{ path: ReadonlyArray<{ key: string | number }> }> }).issues.map(
            ({ path }) => path.map(({ key }) => key).join(".")
          )
        )
      const other = yield* unknownAudience
      assert.deepStrictEqual(yield* paths(rules.create(actor, id, rule(other, 1, { values: [] }))), [
        "audienceId",
        "values"
      ])
      assert.deepStrictEqual(
        yield* paths(
          rules.replace(actor, id, { rules: [rule(id, 2), rule(id, 3, { field: "nope" }), rule(other, 3)] })
        ),
        ["rules.1.field", "rules.2.audienceId"]
      )
      assert.deepStrictEqual(yield* paths(rules.update(actor, id, stored.id, { operator: "BETWEEN" })), ["values"])
      assert.deepStrictEqual(yield* paths(rules.update(actor, id, stored.id, { audienceId: other })), ["audienceId"])
      assert.deepStrictEqual(yield* rules.list(actor.organizationId, id), [stored])
      assert.deepStrictEqual(yield* revisionOf(id), { revision: 0, requested: 1 })
    })
  )

  it.effect("refuses more rules than an audience takes, also one by one", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const rules = yield* Rules
      const { id } = yield* makeAudience(actor, { type: "DYNAMIC" })
      const most = Array.from({ length: maxRules }, (_, i) => rule(id, i))
      const tooMany = yield* Effect.flip(rules.replace(actor, id, { rules: [...most, rule(id, 1)] }))
      assert.deepStrictEqual(
        (tooMany as ValidationError).issues.map(({ type, path }) => [type, path.map(({ key }) => key)]),
        [["rule_count", ["rules"]]]
      )
      yield* rules.replace(actor, id, { rules: most })
      const before = yield* revisionOf(id)
      const oneMore = yield* Effect.flip(rules.create(actor, id, rule(id, 1)))
      assert.strictEqual((oneMore as ValidationError).issues[0]?.type, "rule_count")
      assert.lengthOf(yield* rules.list(actor.organizationId, id), maxRules)
      assert.deepStrictEqual(yield* revisionOf(id), before)
    })
  )

  it.effect("only a live DYNAMIC audience takes rules", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const rules = yield* Rules
      const fixed = yield* makeAudience(actor, { type: "STATIC_LIST" })
      const refused = yield* Effect.flip(rules.create(actor, fixed.id, rule(fixed.id, 1)))
      assert.strictEqual(
        refused._tag === "ValidationError" ? refused.issues[0]?.message : refused._tag,
        "Audience is not dynamic"
      )
      const { id } = yield* makeAudience(actor, { type: "DYNAMIC", rules: [line(1)] })
      const stored = (yield* rules.list(actor.organizationId, id))[0]!
      yield* (yield* Audiences).archive(actor, id)
      for (const attempt of [
        rules.create(actor, id, rule(id, 1)),
        rules.replace(actor, id, { rules: [] }),
        rules.update(actor, id, stored.id, { values: [2] }),
        rules.remove(actor, id, stored.id)
      ])
        assert.strictEqual(
          (yield* Effect.flip(attempt as Effect.Effect<unknown, { _tag: string }>))._tag,
          "AudienceArchived"
        )
      assert.deepStrictEqual(yield* rules.list(actor.organizationId, id), [stored])
    })
  )

  it.effect("rules of another organization or audience are not found", () =>
    Effect.gen(function* () {
      const [mine, other] = [yield* freshActor, yield* freshActor]
      const rules = yield* Rules
      const { id } = yield* makeAudience(mine, { type: "DYNAMIC", rules: [line(1)] })
      const second = yield* makeAudience(mine, { type: "DYNAMIC" })
      const stored = (yield* rules.list(mine.organizationId, id))[0]!
      const tag = (attempt: Effect.Effect<unknown, { _tag: string }>) =>
        Effect.map(Effect.flip(attempt), (error) => error._tag)
      assert.strictEqual(yield* tag(rules.list(other.organizationId, id)), "AudienceNotFound")
      assert.strictEqual(yield* tag(rules.get(other.organizationId, id, stored.id)), "AudienceNotFound")
      assert.strictEqual(yield* tag(rules.create(other, id, rule(id, 1))), "AudienceNotFound")
      assert.strictEqual(yield* tag(rules.replace(other, id, { rules: [] })), "AudienceNotFound")
      assert.strictEqual(yield* tag(rules.update(other, id, stored.id, { values: [2] })), "AudienceNotFound")
      assert.strictEqual(yield* tag(rules.remove(other, id, stored.id)), "AudienceNotFound")
      assert.strictEqual(yield* tag(rules.get(mine.organizationId, second.id, stored.id)), "RuleNotFound")
      assert.strictEqual(yield* tag(rules.remove(mine, second.id, stored.id)), "RuleNotFound")
      assert.deepStrictEqual(yield* rules.list(mine.organizationId, id), [stored])
    })
  )
})

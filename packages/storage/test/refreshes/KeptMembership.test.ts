import type { AudienceId } from "@audiences/domain/AudienceId"
import type { ConsumerId } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import { AudienceRepo, type DueRefresh } from "@audiences/engine/audiences/AudienceRepo"
import { DatabaseClock } from "@audiences/engine/DatabaseClock"
import { blockSize, decodeChange, emptyBlock, offsetsOf, xor } from "@audiences/engine/memberships/Block"
import { Evaluator } from "@audiences/engine/memberships/Evaluator"
import { MembershipRepo, type PublicationOutcome } from "@audiences/engine/memberships/MembershipRepo"
import { Memberships } from "@audiences/engine/memberships/Memberships"
import { Refreshes } from "@audiences/engine/refreshes/Refreshes"
import { compileRules } from "@audiences/engine/rules/RuleCompiler"
import { Rules } from "@audiences/engine/rules/Rules"
import { assert, layer } from "@effect/vitest"
import { Effect, Option, Result, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { changePerson, insertPeople, skipOrdinals } from "../People.ts"
import { allMembers, archivePerson, freshActor, makeAudience, runRefreshes, ServiceTest } from "../Service.ts"

const Balance = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3 }))
const Index = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 }))

const Write = Schema.Union([
  Schema.TaggedStruct("insert", {
    balances: Schema.Array(Balance).check(Schema.isMinLength(1), Schema.isMaxLength(3)),
    elsewhere: Schema.Boolean
  }),
  Schema.TaggedStruct("change", { who: Index, balance: Balance }),
  Schema.TaggedStruct("archive", { who: Index })
])
type Write = typeof Write.Type

/** One thing that happens; `evaluate` and `publish` are the halves of a refresh, of which several may be under way. */
const Happening = Schema.Union([
  Write,
  Schema.TaggedStruct("overtaken", { writes: Schema.Array(Write).check(Schema.isMaxLength(3)) }),
  Schema.TaggedStruct("rules", { over: Schema.NullOr(Balance) }),
  Schema.TaggedStruct("request", {}),
  Schema.TaggedStruct("evaluate", {}),
  Schema.TaggedStruct("publish", { which: Index }),
  Schema.TaggedStruct("refresh", {})
])
type Happening = typeof Happening.Type

interface Case {
  readonly organizationId: OrganizationId
  readonly id: AudienceId
}

/** Who should be a member, asked of the consumers themselves. */
const fromScratch = Effect.fnUntraced(function* ({ organizationId, id }: Case) {
  const sql = yield* SqlClient.SqlClient
  const rules = yield* Effect.orDie((yield* Rules).list(organizationId, id))
  const rows = yield* sql<{ id: ConsumerId }>`
    SELECT id FROM consumers WHERE organization_id = ${organizationId}::uuid AND NOT archived
      AND loyalty_balance > ${Math.min(99, ...rules.map(({ values }) => Number(values[0])))}::float8 ORDER BY id`
  return rows.map((row) => row.id)
})

/** What is kept agrees with itself: bits, counts, list, and the changes of all versions. */
const assertCoherent = Effect.fnUntraced(function* ({ organizationId, id }: Case) {
  const sql = yield* SqlClient.SqlClient
  const memberships = yield* Memberships
  const blocks = yield* sql<{ block: number; bits: Uint8Array; memberCount: number }>`
    SELECT block, bits, member_count FROM audience_blocks WHERE audience_id = ${id}::uuid ORDER BY block`
  const changes = yield* sql<{ block: number; changed: Uint8Array }>`
    SELECT block, changed FROM audience_version_blocks WHERE audience_id = ${id}::uuid`
  const replayed = new Map<number, Uint8Array>()
  for (const { block, changed } of changes)
    replayed.set(block, xor(replayed.get(block) ?? emptyBlock(), decodeChange(changed)))
  const ordinals = blocks.flatMap(({ block, bits }) => offsetsOf(bits).map((offset) => block * blockSize + offset))
  assert.deepStrictEqual(
    [...replayed]
      .sort(([a], [b]) => a - b)
      .flatMap(([block, bits]) => offsetsOf(bits).map((offset) => block * blockSize + offset)),
    ordinals
  )
  assert.deepStrictEqual(
    blocks.map(({ memberCount }) => memberCount),
    blocks.map(({ bits }) => offsetsOf(bits).length)
  )
  const members = yield* allMembers(organizationId, id, 3)
  assert.strictEqual(members.length, ordinals.length)
  assert.strictEqual((yield* memberships.count(organizationId, id)).count, ordinals.length)
  const archived = yield* sql`
    SELECT 1 FROM consumers WHERE organization_id = ${organizationId}::uuid AND archived AND ordinal = ANY(${ordinals}::int[])`
  assert.strictEqual(archived.length, 0)
  return members
})

const evaluateDue = Effect.fnUntraced(function* ({ organizationId, id }: Case, due: DueRefresh) {
  const memberships = yield* MembershipRepo
  const now = yield* (yield* DatabaseClock).now
  const condition = Result.getOrThrow(compileRules(due.rules))
  const evaluation = yield* (yield* Evaluator).evaluate(organizationId, condition, now)
  return memberships.publish(organizationId, id, {
    evaluation,
    condition,
    now,
    revision: due.revision,
    requested: due.requested
  })
})

layer(ServiceTest)("Kept membership", (it) => {
  it.effect.prop(
    "is what an evaluation from scratch says, whatever was written, refreshed and ruled in between",
    [Schema.Array(Happening).check(Schema.isMinLength(4), Schema.isMaxLength(24))],
    ([happenings]) =>
      Effect.gen(function* () {
        const actor = yield* freshActor
        const { organizationId } = actor
        const rules = yield* Rules
        const refreshes = yield* Refreshes
        const people = [...(yield* insertPeople(organizationId, [{ loyaltyBalance: 1 }, { loyaltyBalance: 3 }]))]
        const { id } = yield* makeAudience(actor, {
          type: "DYNAMIC",
          rules: [{ field: "loyaltyBalance", operator: "GREATER_THAN", values: [1] }]
        })
        const subject: Case = { organizationId, id }
        const archived = new Set<ConsumerId>()
        const underWay: Array<Effect.Effect<PublicationOutcome>> = []

        const write = Effect.fnUntraced(function* (happening: Write) {
          if (happening._tag === "insert") {
            if (happening.elsewhere) yield* skipOrdinals(organizationId, blockSize)
            people.push(
              ...(yield* insertPeople(
                organizationId,
                happening.balances.map((loyaltyBalance) => ({ loyaltyBalance }))
              ))
            )
            return
          }
          const person = people[happening.who % people.length]!
          if (archived.has(person)) return
          if (happening._tag === "change") return yield* changePerson(organizationId, person, happening.balance)
          archived.add(person)
          yield* archivePerson(organizationId, person)
        })

        const evaluate = Effect.gen(function* () {
          const due = yield* (yield* AudienceRepo).dueRefresh(organizationId, id)
          return Option.isSome(due) ? [yield* evaluateDue(subject, due.value)] : []
        })

        const publish = Effect.fnUntraced(function* (evaluated: Effect.Effect<PublicationOutcome>) {
          if ((yield* evaluated) !== "superseded")
            assert.deepStrictEqual(yield* assertCoherent(subject), yield* fromScratch(subject))
        })

        const happen = Effect.fnUntraced(function* (happening: Happening) {
          switch (happening._tag) {
            case "insert":
            case "change":
            case "archive":
              return yield* write(happening)
            case "overtaken": {
              yield* Effect.orDie(refreshes.request(actor, id))
              const evaluated = yield* evaluate
              yield* Effect.forEach(happening.writes, write)
              yield* Effect.forEach(evaluated, publish)
              return
            }
            case "rules":
              yield* Effect.orDie(
                rules.replace(actor, id, {
                  rules:
                    happening.over === null
                      ? []
                      : [
                          {
                            audienceId: id,
                            field: "loyaltyBalance",
                            operator: "GREATER_THAN",
                            values: [happening.over]
                          }
                        ]
                })
              )
              return
            case "request":
              yield* Effect.orDie(refreshes.request(actor, id))
              return
            case "evaluate":
              underWay.push(...(yield* evaluate))
              return
            case "publish":
              yield* Effect.forEach(underWay.splice(happening.which % Math.max(1, underWay.length), 1), publish)
              return
            case "refresh":
              yield* runRefreshes(organizationId)
          }
        })

        for (const happening of happenings) {
          yield* happen(happening)
          yield* assertCoherent(subject)
        }
        yield* Effect.forEach(underWay, publish)
        yield* Effect.orDie(refreshes.request(actor, id))
        yield* runRefreshes(organizationId)
        assert.deepStrictEqual(yield* assertCoherent(subject), yield* fromScratch(subject))
        const status = yield* (yield* Memberships).status(organizationId, id)
        assert.deepStrictEqual([status.stale, status.inProgress], [false, false])
      }),
    { timeout: 60_000, arbitrary: { runs: 60 } }
  )
})

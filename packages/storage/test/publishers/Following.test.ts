import type { AudienceId } from "@audiences/domain/AudienceId"
import type { ConsumerId } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { RuleLine } from "@audiences/domain/Rule"
import { AudienceRepo } from "@audiences/engine/audiences/AudienceRepo"
import { Evaluator } from "@audiences/engine/memberships/Evaluator"
import { MembershipRepo } from "@audiences/engine/memberships/MembershipRepo"
import { Memberships } from "@audiences/engine/memberships/Memberships"
import { Publishers } from "@audiences/engine/publishers/Publishers"
import { Refreshes } from "@audiences/engine/refreshes/Refreshes"
import { compileRules } from "@audiences/engine/rules/RuleCompiler"
import { Rules } from "@audiences/engine/rules/Rules"
import { assert, layer } from "@effect/vitest"
import { Context, DateTime, Deferred, Effect, Fiber, Layer, Option, Ref, Result, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { isMember, type WireConsumer } from "../../../../tools/vitest/rules/BruteForce.ts"
import { insertPeople } from "../People.ts"
import {
  allMembers,
  archivePerson,
  freshActor,
  makeAudience,
  MovableClock,
  runRefreshes,
  ServiceWithMovableClock
} from "../Service.ts"

const start = DateTime.toEpochMillis(DateTime.makeUnsafe("2026-05-01T12:00:00.000Z"))
const hour = 3_600_000

const Balance = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 }))
const Who = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 }))
/** Milliseconds before the start; few, so that people pass the boundaries together. */
const Ago = Schema.NullOr(Schema.Literals([0, 1, hour - 1, hour, hour + 1, 2 * hour, 3 * hour, -hour]))

const Happening = Schema.Union([
  Schema.TaggedStruct("insert", { balance: Balance, ago: Ago }),
  Schema.TaggedStruct("change", { who: Who, balance: Balance }),
  Schema.TaggedStruct("order", { who: Who, ago: Ago }),
  Schema.TaggedStruct("archive", { who: Who }),
  Schema.TaggedStruct("pass", { millis: Schema.Literals([0, 1, 2, 1000, hour - 1, hour, hour + 1, 2 * hour]) }),
  Schema.TaggedStruct("follow", { follower: Schema.Literals([0, 1]), died: Schema.Boolean }),
  Schema.TaggedStruct("rules", { which: Schema.Literals([0, 1, 2]), to: Schema.Literals([0, 1, 2]) }),
  Schema.TaggedStruct("evaluate", { which: Schema.Literals([0, 1, 2]) }),
  Schema.TaggedStruct("publish", {}),
  // An evaluation that is published after time has passed and was followed.
  Schema.TaggedStruct("overtaken", { which: Schema.Literals([0, 1, 2]), millis: Schema.Literals([1, hour - 1, hour]) }),
  Schema.TaggedStruct("refresh", {}),
  Schema.TaggedStruct("prune", {})
])

const line = (field: string, operator: RuleLine["operator"], values: RuleLine["values"], groupId?: string) => ({
  field,
  operator,
  values,
  ...(groupId === undefined ? {} : { groupId })
})

const [one, two] = ["0190a000-0000-7000-8000-000000000001", "0190a000-0000-7000-8000-000000000002"]

const rulings: ReadonlyArray<ReadonlyArray<RuleLine>> = [
  [line("lastOrderAt", "GREATER_THAN", ["-PT1H"])],
  [
    line("loyaltyBalance", "GREATER_THAN", [0], one),
    line("lastOrderAt", "BETWEEN", ["-PT2H", "-PT1H"], one),
    line("lastOrderAt", "NOT_EXISTS", [], two)
  ],
  [line("loyaltyBalance", "EQUALS", [2]), line("lastOrderAt", "LESS_THAN_OR_EQUAL", ["PT0S"])]
]

/** Who should be a member, by the plain reading of the rules. */
const fromScratch = Effect.fnUntraced(function* (organizationId: OrganizationId, id: AudienceId, now: number) {
  const sql = yield* SqlClient.SqlClient
  const rules = yield* Effect.orDie((yield* Rules).list(organizationId, id))
  const rows = yield* sql<{ id: ConsumerId; archived: boolean; loyaltyBalance: number; lastOrderAt: Date | null }>`
    SELECT id, archived, loyalty_balance, last_order_at FROM consumers WHERE organization_id = ${organizationId}::uuid ORDER BY id`
  const consumers: ReadonlyArray<WireConsumer> = rows.map((row) => ({
    ...row,
    lastOrderAt: row.lastOrderAt === null ? null : row.lastOrderAt.toISOString()
  }))
  return consumers.flatMap((consumer) => (isMember(rules, consumer, now) ? [consumer.id as ConsumerId] : []))
})

const write = Effect.fnUntraced(function* (
  organizationId: OrganizationId,
  id: ConsumerId,
  column: "loyalty_balance" | "last_order_at",
  value: number | string | null
) {
  const sql = yield* SqlClient.SqlClient
  const field = column === "loyalty_balance" ? "loyaltyBalance" : "lastOrderAt"
  yield* sql
    .withTransaction(
      Effect.gen(function* () {
        const cast = sql.literal(column === "loyalty_balance" ? "float8" : "timestamptz")
        const [row] = yield* sql<{ ordinal: number }>`
          UPDATE consumers SET ${sql.literal(column)} = ${value === null ? null : String(value)}::text::${cast}
          WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid RETURNING ordinal`
        yield* sql`SELECT record_change(${organizationId}::uuid, ${[row!.ordinal]}::int[], ${[field]}::text[], NULL)`
      })
    )
    .pipe(Effect.orDie)
})

/** Another process, which follows until nothing is left. */
const follower = Effect.map(Layer.build(Layer.fresh(Publishers.layer)), (context) => {
  const publishers = Context.get(context, Publishers)
  const follow = (organizationId: OrganizationId) =>
    Effect.asVoid(Effect.repeat(publishers.follow(organizationId), { while: (behind) => behind }))
  return { ...publishers, follow }
})

const die = (organizationId: OrganizationId) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.orDie(
      sql`UPDATE membership_publishers SET lease_until = '-infinity' WHERE organization_id = ${organizationId}::uuid`
    )
  )

const isoOf = (ago: number | null) => (ago === null ? null : DateTime.formatIso(DateTime.makeUnsafe(start - ago)))

layer(ServiceWithMovableClock)("following", (it) => {
  it.effect.prop(
    "keeps memberships as an evaluation from scratch would, whatever is written, ruled, refreshed and however time passes",
    [Schema.Array(Happening).check(Schema.isMinLength(5), Schema.isMaxLength(40))],
    ([happenings]) =>
      Effect.gen(function* () {
        const actor = yield* freshActor
        const { organizationId } = actor
        const clock = yield* MovableClock
        yield* Ref.set(clock, DateTime.makeUnsafe(start))
        const sql = yield* SqlClient.SqlClient
        yield* sql`
          UPDATE membership_publishers SET followed_until = ${DateTime.formatIso(DateTime.makeUnsafe(start))}::timestamptz
          WHERE organization_id = ${organizationId}::uuid`
        const followers = [yield* follower, yield* follower]
        const memberships = yield* Memberships
        const people = [...(yield* insertPeople(organizationId, [{ loyaltyBalance: 1, lastOrderAt: isoOf(0) }]))]
        const audiences = yield* Effect.forEach(rulings, (rules) =>
          Effect.map(makeAudience(actor, { type: "DYNAMIC", rules }), ({ id }) => id)
        )
        yield* runRefreshes(organizationId)
        const archived = new Set<ConsumerId>()
        const underWay: Array<Effect.Effect<unknown>> = []

        const assertKept = Effect.gen(function* () {
          const now = DateTime.toEpochMillis(yield* Ref.get(clock))
          for (const id of audiences) {
            const status = yield* Effect.orDie(memberships.status(organizationId, id))
            if (status.inProgress) continue
            assert.deepStrictEqual(
              yield* allMembers(organizationId, id),
              yield* fromScratch(organizationId, id, now),
              JSON.stringify(status)
            )
            assert.deepStrictEqual([status.stale, status.pendingShards], [false, 0])
          }
        })

        const evaluate = Effect.fnUntraced(function* (id: AudienceId) {
          yield* Effect.orDie((yield* Refreshes).request(actor, id))
          const due = yield* (yield* AudienceRepo).dueRefresh(organizationId, id)
          if (Option.isNone(due)) return
          const condition = Result.getOrThrow(compileRules(due.value.rules))
          const now = yield* Ref.get(clock)
          const evaluation = yield* (yield* Evaluator).evaluate(organizationId, condition, now)
          const { requested, revision } = due.value
          underWay.push(
            (yield* MembershipRepo).publish(organizationId, id, { evaluation, condition, now, revision, requested })
          )
        })

        for (const happening of happenings) {
          const person = "who" in happening ? people[happening.who % people.length]! : undefined
          switch (happening._tag) {
            case "insert":
              people.push(
                ...(yield* insertPeople(organizationId, [
                  { loyaltyBalance: happening.balance, lastOrderAt: isoOf(happening.ago) }
                ]))
              )
              break
            case "change":
              if (!archived.has(person!)) yield* write(organizationId, person!, "loyalty_balance", happening.balance)
              break
            case "order":
              if (!archived.has(person!)) yield* write(organizationId, person!, "last_order_at", isoOf(happening.ago))
              break
            case "archive":
              if (archived.has(person!)) break
              archived.add(person!)
              yield* archivePerson(organizationId, person!)
              break
            case "pass":
              yield* Ref.update(clock, DateTime.add({ milliseconds: happening.millis }))
              break
            case "follow":
              if (happening.died) yield* die(organizationId)
              yield* followers[happening.follower]!.follow(organizationId)
              if (happening.died) yield* assertKept
              break
            case "rules":
              yield* Effect.orDie(
                (yield* Rules).replace(actor, audiences[happening.which]!, {
                  rules: rulings[happening.to]!.map((rule) => ({ ...rule, audienceId: audiences[happening.which]! }))
                })
              )
              break
            case "evaluate":
              yield* evaluate(audiences[happening.which]!)
              break
            case "overtaken":
              yield* evaluate(audiences[happening.which]!)
              yield* Ref.update(clock, DateTime.add({ milliseconds: happening.millis }))
              yield* die(organizationId)
              yield* followers[0]!.follow(organizationId)
              yield* Effect.forEach(underWay.splice(0), (publish) => publish)
              yield* assertKept
              break
            case "publish":
              yield* Effect.forEach(underWay.splice(0, 1), (publish) => publish)
              break
            case "refresh":
              yield* runRefreshes(organizationId)
              break
            case "prune":
              yield* followers[0]!.prune
          }
        }
        yield* Effect.forEach(underWay, (publish) => publish)
        yield* runRefreshes(organizationId)
        yield* die(organizationId)
        yield* followers[0]!.follow(organizationId)
        for (const id of audiences)
          assert.isFalse((yield* Effect.orDie(memberships.status(organizationId, id))).inProgress)
        yield* assertKept
      }).pipe(Effect.scoped),
    { timeout: 120_000, arbitrary: { runs: 80 } }
  )

  it.effect("lets a consumer go at the millisecond in which the window passes", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const { organizationId } = actor
      const clock = yield* MovableClock
      const at = (millis: number) => Ref.set(clock, DateTime.makeUnsafe(millis))
      yield* at(start)
      const sql = yield* SqlClient.SqlClient
      yield* sql`
        UPDATE membership_publishers SET followed_until = ${DateTime.formatIso(DateTime.makeUnsafe(start))}::timestamptz
        WHERE organization_id = ${organizationId}::uuid`
      const publishers = yield* follower
      const [person] = yield* insertPeople(organizationId, [{ lastOrderAt: isoOf(0) }])
      const { id } = yield* makeAudience(actor, { type: "DYNAMIC", rules: rulings[0] })
      yield* runRefreshes(organizationId)
      yield* publishers.follow(organizationId)
      const isDue = Effect.map(publishers.due, (due) => due.includes(organizationId))
      yield* at(start + hour - 1)
      assert.isFalse(yield* isDue)
      yield* publishers.follow(organizationId)
      assert.deepStrictEqual(yield* allMembers(organizationId, id), [person])
      yield* at(start + hour)
      assert.isTrue(yield* isDue)
      assert.isTrue((yield* (yield* Memberships).status(organizationId, id)).stale)
      yield* publishers.follow(organizationId)
      assert.deepStrictEqual(yield* allMembers(organizationId, id), [])
      const [version] = yield* sql`
        SELECT cause, left_count, published_at FROM audience_versions WHERE audience_id = ${id}::uuid ORDER BY version DESC LIMIT 1`
      assert.deepStrictEqual(version, { cause: "time", leftCount: 1, publishedAt: new Date(start + hour) })
      assert.isFalse(yield* isDue)
    }).pipe(Effect.scoped)
  )

  it.effect("takes nobody in who is archived meanwhile", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const actor = yield* freshActor
      const { organizationId } = actor
      yield* Ref.set(yield* MovableClock, yield* DateTime.now)
      const publishers = yield* follower
      const { id } = yield* makeAudience(actor, {
        type: "DYNAMIC",
        rules: [line("loyaltyBalance", "GREATER_THAN", [0])]
      })
      yield* runRefreshes(organizationId)
      const [person] = yield* insertPeople(organizationId, [{ loyaltyBalance: 1 }])
      // The publisher has read who belongs, and waits for the audience; then the consumer goes.
      const waiting = Effect.repeat(
        Effect.orDie(sql<{ waits: boolean }>`
          SELECT EXISTS (SELECT 1 FROM pg_locks
            WHERE NOT granted AND locktype = 'transactionid' AND transactionid = pg_current_xact_id()::xid) AS waits`),
        { until: ([row]) => row!.waits }
      )
      const locked = yield* Deferred.make<void>()
      const following = yield* Effect.forkChild(
        Effect.andThen(Deferred.await(locked), publishers.follow(organizationId))
      )
      yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* sql`SELECT 1 FROM audiences WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid FOR NO KEY UPDATE`
          yield* Deferred.succeed(locked, undefined)
          yield* waiting
          yield* archivePerson(organizationId, person!)
        })
      )
      yield* Fiber.join(following)
      assert.deepStrictEqual(yield* allMembers(organizationId, id), [])
      assert.strictEqual((yield* (yield* Memberships).count(organizationId, id)).count, 0)
      const bits = yield* sql`SELECT 1 FROM audience_blocks WHERE audience_id = ${id}::uuid`
      assert.strictEqual(bits.length, 0)
    }).pipe(Effect.scoped)
  )

  it.effect("is one process's at a time, and another's once that one is dead", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const { organizationId } = actor
      const [first, second] = [yield* follower, yield* follower]
      const { id } = yield* makeAudience(actor, {
        type: "DYNAMIC",
        rules: [line("loyaltyBalance", "GREATER_THAN", [0])]
      })
      yield* runRefreshes(organizationId)
      yield* first.follow(organizationId)
      const [person] = yield* insertPeople(organizationId, [{ loyaltyBalance: 1 }])
      yield* second.follow(organizationId)
      assert.deepStrictEqual(yield* allMembers(organizationId, id), [])
      yield* die(organizationId)
      yield* second.follow(organizationId)
      assert.deepStrictEqual(yield* allMembers(organizationId, id), [person])
    }).pipe(Effect.scoped)
  )
})

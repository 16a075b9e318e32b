import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Audiences } from "@audiences/engine/audiences/Audiences"
import { AudienceRepo } from "@audiences/engine/audiences/AudienceRepo"
import { DatabaseClock } from "@audiences/engine/DatabaseClock"
import { Evaluator } from "@audiences/engine/memberships/Evaluator"
import { MembershipRepo } from "@audiences/engine/memberships/MembershipRepo"
import { Memberships } from "@audiences/engine/memberships/Memberships"
import { Refreshes } from "@audiences/engine/refreshes/Refreshes"
import { compileRules } from "@audiences/engine/rules/RuleCompiler"
import { Rules } from "@audiences/engine/rules/Rules"
import { assert, layer } from "@effect/vitest"
import { DateTime, Deferred, Effect, Fiber, Option, Result } from "effect"
import { SqlClient } from "effect/sql"
import { changePerson, insertPeople, skipOrdinals } from "../People.ts"
import { allMembers, archivePerson, freshActor, jobsOf, makeAudience, runRefreshes, ServiceTest } from "../Service.ts"

const above = (value: number) => ({ field: "loyaltyBalance", operator: "GREATER_THAN" as const, values: [value] })
const people = (...balances: ReadonlyArray<number>) => balances.map((loyaltyBalance) => ({ loyaltyBalance }))

/** The first half of `Refreshes.run`; its second half is what comes back. */
const evaluateOnly = Effect.fnUntraced(function* (organizationId: OrganizationId, audienceId: AudienceId) {
  const memberships = yield* MembershipRepo
  const due = yield* (yield* AudienceRepo).dueRefresh(organizationId, audienceId)
  if (Option.isNone(due)) return Effect.succeed("superseded" as const)
  const { revision, requested, rules } = due.value
  const condition = Result.getOrThrow(compileRules(rules))
  const now = yield* (yield* DatabaseClock).now
  const evaluation = yield* (yield* Evaluator).evaluate(organizationId, condition, now)
  return memberships.publish(organizationId, audienceId, { evaluation, condition, now, revision, requested })
})

const versionsOf = Effect.fnUntraced(function* (id: AudienceId) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ cause: string; enteredCount: number; leftCount: number }>`
    SELECT cause, entered_count, left_count FROM audience_versions WHERE audience_id = ${id}::uuid ORDER BY version`
})

/** Moves everything that the interval is reckoned from into the past. */
const age = Effect.fnUntraced(function* (id: AudienceId, seconds: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE audiences SET last_refreshed_at = last_refreshed_at - make_interval(secs => ${seconds}::int) WHERE id = ${id}::uuid`
})

layer(ServiceTest)("Refreshes", (it) => {
  it.effect("the first evaluation publishes version 1, even of nobody", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const { organizationId } = actor
      const memberships = yield* Memberships
      yield* insertPeople(organizationId, people(1, 2))
      const { id } = yield* makeAudience(actor, { type: "DYNAMIC" })
      const before = yield* memberships.status(organizationId, id)
      assert.deepStrictEqual(
        [before.version, before.stale, before.inProgress, before.pendingShards, before.lastRefreshedAt],
        [0, true, true, 1, null]
      )
      yield* runRefreshes(organizationId)
      const after = yield* memberships.status(organizationId, id)
      assert.deepStrictEqual([after.version, after.stale, after.inProgress, after.pendingShards], [1, false, false, 0])
      assert.isNotNull(after.lastRefreshedAt)
      assert.deepStrictEqual(yield* allMembers(organizationId, id), [])
      assert.deepStrictEqual(yield* versionsOf(id), [{ cause: "rules", enteredCount: 0, leftCount: 0 }])
    })
  )

  it.effect("finds who meets the rules, across blocks, and publishes only what differs", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const { organizationId } = actor
      const memberships = yield* Memberships
      const refreshes = yield* Refreshes
      const low = yield* insertPeople(organizationId, people(1, 5, 9))
      yield* skipOrdinals(organizationId, 65_536 * 2)
      const high = yield* insertPeople(organizationId, people(7, 2))
      const { id } = yield* makeAudience(actor, { type: "DYNAMIC", rules: [above(4)] })
      yield* runRefreshes(organizationId)
      assert.deepStrictEqual(yield* allMembers(organizationId, id), [low[1]!, low[2]!, high[0]!])
      assert.strictEqual((yield* memberships.count(organizationId, id)).count, 3)

      const requested = yield* refreshes.request(actor, id)
      assert.deepStrictEqual([requested.inProgress, requested.pendingShards, requested.version], [true, 3, 1])
      yield* runRefreshes(organizationId)
      assert.strictEqual((yield* memberships.status(organizationId, id)).version, 1)

      yield* changePerson(organizationId, low[0]!, 100)
      yield* changePerson(organizationId, low[1]!, 0)
      assert.isTrue((yield* memberships.status(organizationId, id)).stale)
      assert.deepStrictEqual(yield* allMembers(organizationId, id), [low[1]!, low[2]!, high[0]!])
      yield* refreshes.request(actor, id)
      yield* runRefreshes(organizationId)
      assert.deepStrictEqual(yield* allMembers(organizationId, id), [low[0]!, low[2]!, high[0]!])
      assert.deepStrictEqual(yield* versionsOf(id), [
        { cause: "rules", enteredCount: 3, leftCount: 0 },
        { cause: "refresh", enteredCount: 1, leftCount: 1 }
      ])

      yield* (yield* Rules).replace(actor, id, { rules: [] })
      yield* runRefreshes(organizationId)
      assert.deepStrictEqual(yield* allMembers(organizationId, id), [])
      assert.deepStrictEqual((yield* versionsOf(id))[2], { cause: "rules", enteredCount: 0, leftCount: 3 })
    })
  )

  it.effect("counts a full block as it is", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const { organizationId } = actor
      const memberships = yield* Memberships
      yield* insertPeople(
        organizationId,
        Array.from({ length: 66_000 }, (_, i) => ({ loyaltyBalance: i }))
      )
      const { id } = yield* makeAudience(actor, { type: "DYNAMIC", rules: [above(99)] })
      yield* runRefreshes(organizationId)
      assert.strictEqual((yield* memberships.count(organizationId, id)).count, 65_900)
      const { data, pageInfo } = yield* memberships.list(organizationId, id, { last: 2 })
      assert.deepStrictEqual([data.map((each) => each.loyaltyBalance), pageInfo.endCursor], [[65_998, 65_999], null])
    })
  )

  it.effect("what is written between evaluation and publication is in what is published", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const { organizationId } = actor
      const [a, b, c] = yield* insertPeople(organizationId, people(1, 5, 9))
      const { id } = yield* makeAudience(actor, { type: "DYNAMIC", rules: [above(4)] })
      const publish = yield* evaluateOnly(organizationId, id)
      yield* changePerson(organizationId, a!, 50)
      yield* changePerson(organizationId, b!, 0)
      yield* archivePerson(organizationId, c!)
      const [d] = yield* insertPeople(organizationId, people(6))
      assert.strictEqual(yield* publish, "published")
      assert.deepStrictEqual(yield* allMembers(organizationId, id), [a!, d!])
      assert.isFalse((yield* (yield* Memberships).status(organizationId, id)).stale)
    })
  )

  it.effect("an evaluation of older rules, of an archived audience or done already publishes nothing", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const { organizationId } = actor
      const memberships = yield* Memberships
      yield* insertPeople(organizationId, people(1, 5, 9))
      const { id } = yield* makeAudience(actor, { type: "DYNAMIC", rules: [above(4)] })
      const [older, twin] = [yield* evaluateOnly(organizationId, id), yield* evaluateOnly(organizationId, id)]
      assert.strictEqual(yield* twin, "published")
      assert.strictEqual(yield* older, "superseded")
      yield* (yield* Refreshes).request(actor, id)
      const stale = yield* evaluateOnly(organizationId, id)
      yield* (yield* Rules).create(actor, id, { audienceId: id, ...above(8) })
      assert.strictEqual(yield* stale, "superseded")
      assert.isTrue((yield* memberships.status(organizationId, id)).inProgress)
      yield* runRefreshes(organizationId)
      assert.strictEqual((yield* memberships.count(organizationId, id)).count, 1)
      yield* (yield* Refreshes).request(actor, id)
      const late = yield* evaluateOnly(organizationId, id)
      yield* (yield* Audiences).archive(actor, id)
      assert.strictEqual(yield* late, "superseded")
      const status = yield* memberships.status(organizationId, id)
      assert.deepStrictEqual(
        [status.stale, status.inProgress, status.pendingShards, status.version],
        [false, false, 0, 2]
      )
    })
  )

  it.effect("a refresh asked for while one runs is still owed when that one is published", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const { organizationId } = actor
      const { id } = yield* makeAudience(actor, { type: "DYNAMIC" })
      const publish = yield* evaluateOnly(organizationId, id)
      yield* (yield* Refreshes).request(actor, id)
      assert.strictEqual(yield* publish, "published")
      assert.isTrue((yield* (yield* Memberships).status(organizationId, id)).inProgress)
      yield* runRefreshes(organizationId)
      assert.isFalse((yield* (yield* Memberships).status(organizationId, id)).inProgress)
    })
  )

  it.effect("a consumer archived while an evaluation that still saw it is being published does not stay", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const { organizationId } = actor
      const sql = yield* SqlClient.SqlClient
      const [gone, stays] = yield* insertPeople(organizationId, people(9, 9))
      const { id } = yield* makeAudience(actor, { type: "DYNAMIC", rules: [above(4)] })
      const publish = yield* evaluateOnly(organizationId, id)
      const [written, committing] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const publisher = yield* publish.pipe(
        Effect.tap(Deferred.succeed(written, undefined)),
        Effect.tap(Deferred.await(committing)),
        sql.withTransaction,
        Effect.forkChild
      )
      yield* Deferred.await(written)
      const archiver = yield* Effect.forkChild(archivePerson(organizationId, gone!))
      yield* sql`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`.pipe(
        Effect.repeat({ until: (waiting) => waiting.length > 0 || archiver.pollUnsafe() !== undefined })
      )
      yield* Deferred.succeed(committing, undefined)
      assert.strictEqual(yield* Fiber.join(publisher), "published")
      yield* Fiber.join(archiver)
      assert.deepStrictEqual(yield* allMembers(organizationId, id), [stays!])
      assert.strictEqual((yield* (yield* Memberships).count(organizationId, id)).count, 1)
    })
  )

  it.effect("only a DYNAMIC audience of the organization refreshes", () =>
    Effect.gen(function* () {
      const [actor, other] = [yield* freshActor, yield* freshActor]
      const refreshes = yield* Refreshes
      const list = yield* makeAudience(actor, { type: "STATIC_LIST" })
      const refused = yield* Effect.flip(refreshes.request(actor, list.id))
      assert.strictEqual(
        refused._tag === "ValidationError" ? refused.issues[0]?.message : refused._tag,
        "Audience is not dynamic"
      )
      const { id } = yield* makeAudience(actor, { type: "DYNAMIC" })
      assert.strictEqual((yield* Effect.flip(refreshes.request(other, id)))._tag, "AudienceNotFound")
      yield* refreshes.run(other.organizationId, id)
      assert.strictEqual((yield* (yield* Memberships).status(actor.organizationId, id)).version, 0)
      yield* (yield* Audiences).archive(actor, id)
      assert.strictEqual((yield* Effect.flip(refreshes.request(actor, id)))._tag, "AudienceArchived")
    })
  )

  it.effect("evaluates no consumer of another organization", () =>
    Effect.gen(function* () {
      const [actor, other] = [yield* freshActor, yield* freshActor]
      const [mine] = yield* insertPeople(actor.organizationId, people(9))
      yield* insertPeople(other.organizationId, people(9, 9, 9))
      const { id } = yield* makeAudience(actor, { type: "DYNAMIC", rules: [above(4)] })
      yield* runRefreshes(actor.organizationId)
      assert.deepStrictEqual(yield* allMembers(actor.organizationId, id), [mine!])
    })
  )

  it.effect("finds lost requests and passed intervals, never archived audiences", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const { organizationId } = actor
      const refreshes = yield* Refreshes
      const memberships = yield* Memberships
      const enqueued = Effect.gen(function* () {
        const earlier = (yield* jobsOf(organizationId)).length
        yield* refreshes.enqueueDue
        return (yield* jobsOf(organizationId))
          .slice(earlier)
          .flatMap((job) => (job._tag === "Refresh" ? [job.audienceId] : []))
      })
      const lost = yield* makeAudience(actor, { type: "DYNAMIC" })
      const timed = yield* makeAudience(actor, { type: "DYNAMIC", refreshIntervalSeconds: 3600 })
      yield* makeAudience(actor, { type: "STATIC_LIST", refreshIntervalSeconds: 1 })
      assert.sameMembers(yield* enqueued, [lost.id, timed.id])
      yield* runRefreshes(organizationId)
      assert.deepStrictEqual(yield* enqueued, [])
      yield* age(timed.id, 3590)
      assert.deepStrictEqual(yield* enqueued, [])
      assert.isFalse((yield* memberships.status(organizationId, timed.id)).stale)
      yield* age(timed.id, 11)
      assert.deepStrictEqual(
        [
          (yield* memberships.status(organizationId, timed.id)).stale,
          (yield* memberships.status(organizationId, timed.id)).inProgress
        ],
        [true, false]
      )
      assert.deepStrictEqual(yield* enqueued, [timed.id])
      assert.isTrue((yield* memberships.status(organizationId, timed.id)).inProgress)
      // Still owed, asked for once.
      assert.deepStrictEqual(yield* enqueued, [timed.id])
      yield* runRefreshes(organizationId)
      assert.isFalse((yield* memberships.status(organizationId, timed.id)).stale)
      yield* age(timed.id, 9999)
      yield* (yield* Audiences).archive(actor, timed.id)
      assert.deepStrictEqual(yield* enqueued, [])
    })
  )

  it.effect("puts off a refresh that fails, longer each time, until it is asked for anew", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const actor = yield* freshActor
      const { organizationId } = actor
      const refreshes = yield* Refreshes
      const repo = yield* AudienceRepo
      const now = (yield* DatabaseClock).now
      const { id } = yield* makeAudience(actor, { type: "DYNAMIC", rules: [above(1)] })
      const isDue = (seconds: number) =>
        Effect.gen(function* () {
          const due = yield* repo.takeDue(DateTime.add(yield* now, { seconds }))
          return due.some((each) => each.id === id)
        })
      yield* sql`UPDATE audience_rules SET operator = 'BROKEN' WHERE audience_id = ${id}::uuid`
      assert.isTrue(yield* isDue(0))
      yield* refreshes.run(organizationId, id)
      assert.deepStrictEqual([yield* isDue(0), yield* isDue(2)], [false, true])
      for (let i = 0; i < 12; i++) yield* refreshes.run(organizationId, id)
      assert.deepStrictEqual([yield* isDue(500), yield* isDue(601)], [false, true])
      yield* refreshes.request(actor, id)
      assert.isTrue(yield* isDue(0))
    })
  )
})

import { Consumers } from "@audiences/engine/consumers/Consumers"
import { History } from "@audiences/engine/history/History"
import { ConsumerRepoSql } from "@audiences/storage/consumers/ConsumerRepoSql"
import { DatabaseClockSql } from "@audiences/storage/DatabaseClockSql"
import { HistoryRepoSql } from "@audiences/storage/history/HistoryRepoSql"
import { ActivityId } from "@audiences/domain/Activity"
import { LoyaltyTransactionId } from "@audiences/domain/LoyaltyTransaction"
import { Uuid } from "@audiences/domain/Uuid"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Layer } from "effect"
import { freshOrganization, PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"
import { actorOf } from "../Service.ts"

const HistoryTest = Layer.mergeAll(History.layer, Consumers.layer).pipe(
  Layer.provide(Layer.mergeAll(HistoryRepoSql, ConsumerRepoSql, DatabaseClockSql)),
  Layer.provideMerge(PostgresTest)
)

const founded = Effect.gen(function* () {
  const actor = actorOf(yield* freshOrganization)
  const consumers = yield* Consumers
  const people = yield* Effect.orDie(
    consumers.batch(actor, {
      consumers: ["ada", "bob"].map((name) => ({
        email: `${name}@example.com`,
        emailVerified: false,
        phoneVerified: false,
        status: "ACTIVE"
      }))
    })
  )
  const [ada, bob] = people.map(({ id }) => id)
  return { actor, ada: ada!, bob: bob! }
})

const at = (day: number) => DateTime.makeUnsafe(Date.UTC(2026, 0, day))
const message = { type: "MESSAGE", status: "SENT", channelType: "EMAIL", template: "hello" } as const
const queue = {
  type: "QUEUE",
  status: "ADMITTED",
  experienceId: "0190a000-0000-7000-8000-0000000000e1",
  experienceName: "Drop",
  sequenceId: "0190a000-0000-7000-8000-0000000000e2",
  sequenceName: "Queue"
} as const

layer(HistoryTest, { excludeTestServices: true })("The history of a consumer", (it) => {
  it.effect("shows activities the latest first, page by page, and counts them", () =>
    Effect.gen(function* () {
      const { actor, ada } = yield* founded
      const history = yield* History
      const consumers = yield* Consumers
      for (const day of [2, 5, 1, 5]) yield* history.addActivity(actor, ada, { ...queue, timestamp: at(day) })
      yield* history.addActivity(actor, ada, { ...message, timestamp: at(9) })
      const whole = yield* history.timeline(actor.organizationId, ada, {})
      assert.deepStrictEqual(
        whole.activities.map(({ timestamp }) => DateTime.toPartsUtc(timestamp).day),
        [9, 5, 5, 2, 1]
      )
      assert.deepStrictEqual([whole.totalCount, whole.nextCursor], [5, null])
      const seen: Array<string> = []
      let after: string | null | undefined = undefined
      do {
        const page: typeof whole = yield* history.timeline(actor.organizationId, ada, {
          first: 2,
          ...(after == null ? {} : { after })
        })
        seen.push(...page.activities.map(({ id }) => id))
        after = page.nextCursor
      } while (after != null)
      assert.deepStrictEqual(
        seen,
        whole.activities.map(({ id }) => id)
      )
      const { lastEngagedAt, totalEngagements, totalMessages } = yield* consumers.get(actor.organizationId, ada)
      assert.deepStrictEqual(
        [totalEngagements, totalMessages, lastEngagedAt == null ? null : DateTime.toPartsUtc(lastEngagedAt).day],
        [4, 1, 5]
      )
    })
  )

  it.effect("records an activity once for its id", () =>
    Effect.gen(function* () {
      const { actor, ada, bob } = yield* founded
      const history = yield* History
      const id = ActivityId.make(yield* yield* Uuid)
      const first = yield* history.addActivity(actor, ada, { ...message, id })
      assert.deepStrictEqual(yield* history.addActivity(actor, ada, { ...message, id }), first)
      for (const [who, activity] of [
        [bob, message],
        [ada, { ...message, template: "other" }]
      ] as const) {
        const conflict = yield* Effect.flip(history.addActivity(actor, who, { ...activity, id }))
        assert.strictEqual(conflict._tag, "ActivityConflict")
      }
      assert.strictEqual((yield* history.timeline(actor.organizationId, ada, {})).totalCount, 1)
    })
  )

  it.effect("moves loyalty points, and knows which will expire", () =>
    Effect.gen(function* () {
      const { actor, ada } = yield* founded
      const history = yield* History
      const consumers = yield* Consumers
      const move = (txnType: "earn" | "redeem" | "reversal", pointsDelta: number, day: number, expires?: string) =>
        history.addLoyaltyTransaction(actor, ada, {
          txnType,
          pointsDelta,
          occurredAt: at(day),
          ...(expires === undefined ? {} : { bucketExpiresOn: expires })
        })
      yield* move("earn", 100, 1, "2999-06-30")
      yield* move("earn", 50, 2, "2999-01-31")
      yield* move("earn", 10, 3)
      yield* move("earn", 7, 3, "2020-01-01")
      yield* move("redeem", -70, 4)
      yield* move("reversal", 5, 5)
      const { expiringBuckets, nextCursor, transactions } = yield* history.loyaltyTransactions(
        actor.organizationId,
        ada,
        {}
      )
      assert.deepStrictEqual(
        transactions.map(({ pointsDelta }) => pointsDelta),
        [5, -70, 7, 10, 50, 100]
      )
      assert.isNull(nextCursor)
      // 70 spent: 7 that were to expire first, then 50, then 13 of the rest.
      assert.deepStrictEqual(expiringBuckets, [
        { earnedOn: "2026-01-01", expiresOn: "2999-06-30", pointsRemaining: 87 }
      ])
      const consumer = yield* consumers.get(actor.organizationId, ada)
      assert.deepStrictEqual([consumer.loyaltyBalance, consumer.loyaltyLifetimePoints], [102, 167])
      const refused = yield* Effect.flip(move("redeem", -103, 6))
      assert.strictEqual(
        refused._tag === "ValidationError" && refused.issues[0]!.message,
        "Insufficient points: the balance is 102"
      )
      const wrong = yield* Effect.flip(move("redeem", 1, 6, "2999-01-01"))
      assert.strictEqual(wrong._tag, "ValidationError")
    })
  )

  it.effect("moves points once for a transaction's id, also when it is sent twice at once", () =>
    Effect.gen(function* () {
      const { actor, ada, bob } = yield* founded
      const history = yield* History
      const consumers = yield* Consumers
      const id = LoyaltyTransactionId.make(yield* yield* Uuid)
      const earn = { id, txnType: "earn", pointsDelta: 5, metadata: { a: [1, { b: null }] } } as const
      const answers = yield* Effect.forEach([1, 2, 3, 4], () => history.addLoyaltyTransaction(actor, ada, earn), {
        concurrency: 4
      })
      for (const answer of answers) assert.deepStrictEqual(answer, answers[0])
      assert.strictEqual((yield* consumers.get(actor.organizationId, ada)).loyaltyBalance, 5)
      const conflict = yield* Effect.flip(history.addLoyaltyTransaction(actor, bob, earn))
      assert.strictEqual(conflict._tag, "LoyaltyTransactionConflict")
    })
  )
})

import {
  type Activity,
  type ActivityConflict,
  ActivityId,
  type ActivityInput,
  type HistoryQuery,
  type Timeline
} from "@audiences/domain/Activity"
import type { Actor } from "@audiences/domain/Actor"
import type { ConsumerArchived, ConsumerId, ConsumerNotFound } from "@audiences/domain/Consumer"
import {
  type LoyaltyHistory,
  type LoyaltyTransaction,
  type LoyaltyTransactionConflict,
  LoyaltyTransactionId,
  type LoyaltyTransactionInput,
  type LoyaltyTxnType
} from "@audiences/domain/LoyaltyTransaction"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Uuid } from "@audiences/domain/Uuid"
import { type Problem, refuse, type ValidationError } from "@audiences/domain/ValidationError"
import { Context, DateTime, Effect, Layer } from "effect"
import { DatabaseClock } from "../DatabaseClock.ts"
import { expiringBuckets } from "./ExpiringBuckets.ts"
import { historyPaging } from "./HistoryPaging.ts"
import { HistoryRepo } from "./HistoryRepo.ts"

/** What happened with a consumer: activities, and movements of loyalty points. */
export class History extends Context.Service<
  History,
  {
    readonly timeline: (
      organizationId: OrganizationId,
      consumerId: ConsumerId,
      query: HistoryQuery
    ) => Effect.Effect<Timeline, ValidationError | ConsumerNotFound>
    readonly addActivity: (
      actor: Actor,
      consumerId: ConsumerId,
      input: ActivityInput
    ) => Effect.Effect<Activity, ConsumerNotFound | ConsumerArchived | ActivityConflict>
    readonly loyaltyTransactions: (
      organizationId: OrganizationId,
      consumerId: ConsumerId,
      query: HistoryQuery
    ) => Effect.Effect<LoyaltyHistory, ValidationError | ConsumerNotFound>
    readonly addLoyaltyTransaction: (
      actor: Actor,
      consumerId: ConsumerId,
      input: LoyaltyTransactionInput
    ) => Effect.Effect<
      LoyaltyTransaction,
      ValidationError | ConsumerNotFound | ConsumerArchived | LoyaltyTransactionConflict
    >
  }
>()("@audiences/engine/History") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* HistoryRepo
      const clock = yield* DatabaseClock

      const timeline = Effect.fn("History.timeline")(function* (
        organizationId: OrganizationId,
        consumerId: ConsumerId,
        query: HistoryQuery
      ) {
        const pages = historyPaging("timeline", consumerId)
        const { end, entries, totalCount } = yield* repo.timeline(
          organizationId,
          consumerId,
          yield* pages.request(query)
        )
        return { consumerId, activities: entries, totalCount, nextCursor: pages.cursor(end) }
      })

      const addActivity = Effect.fn("History.addActivity")(function* (
        actor: Actor,
        consumerId: ConsumerId,
        input: ActivityInput
      ) {
        const now = yield* clock.now
        const id = input.id ?? ActivityId.make(yield* yield* Uuid)
        return yield* repo.addActivity(actor, now, { ...input, id, consumerId, timestamp: input.timestamp ?? now })
      })

      const loyaltyTransactions = Effect.fn("History.loyaltyTransactions")(function* (
        organizationId: OrganizationId,
        consumerId: ConsumerId,
        query: HistoryQuery
      ) {
        const pages = historyPaging("loyalty-transactions", consumerId)
        const request = yield* pages.request(query)
        const { end, entries, gained, spent } = yield* repo.loyaltyTransactions(organizationId, consumerId, request)
        const today = DateTime.formatIsoDateUtc(yield* clock.now)
        return {
          transactions: entries,
          expiringBuckets: expiringBuckets(gained, spent, today),
          nextCursor: pages.cursor(end)
        }
      })

      const addLoyaltyTransaction = Effect.fn("History.addLoyaltyTransaction")(function* (
        actor: Actor,
        consumerId: ConsumerId,
        input: LoyaltyTransactionInput
      ) {
        const problems = transactionProblems(input)
        if (problems.length > 0) return yield* refuse(input, problems)
        const now = yield* clock.now
        const transaction: LoyaltyTransaction = {
          id: input.id ?? LoyaltyTransactionId.make(yield* yield* Uuid),
          txnType: input.txnType,
          pointsDelta: input.pointsDelta,
          occurredAt: input.occurredAt ?? now,
          bucketExpiresOn: input.bucketExpiresOn ?? null,
          sourceType: input.sourceType ?? null,
          sourceDescription: input.sourceDescription ?? null,
          metadata: input.metadata ?? null
        }
        return yield* repo.addLoyaltyTransaction(actor, now, consumerId, transaction).pipe(
          Effect.catchTag("PointsInsufficient", ({ balance }) =>
            refuse(input, [
              {
                path: ["pointsDelta"],
                type: "points",
                expected: `at most ${balance} points to go`,
                message: `Insufficient points: the balance is ${balance}`
              }
            ])
          )
        )
      })

      return History.of({ timeline, addActivity, loyaltyTransactions, addLoyaltyTransaction })
    })
  )
}

/** The sign that the points of a type must have; types that correct something may have either. */
const signs: Partial<Record<LoyaltyTxnType, "positive" | "negative">> = {
  earn: "positive",
  migration: "positive",
  redeem: "negative",
  expire: "negative"
}

const transactionProblems = ({
  bucketExpiresOn,
  pointsDelta,
  txnType
}: LoyaltyTransactionInput): ReadonlyArray<Problem> => {
  const sign = signs[txnType]
  const problems: Array<Problem> = []
  if (sign !== undefined && (sign === "positive" ? pointsDelta < 0 : pointsDelta > 0)) {
    const expected = `a ${sign} number, or 0`
    problems.push({
      path: ["pointsDelta"],
      type: "points",
      expected,
      message: `Points of the type ${txnType} must be ${sign}, or 0`
    })
  }
  if (bucketExpiresOn != null && pointsDelta <= 0) {
    problems.push({
      path: ["bucketExpiresOn"],
      type: "points",
      expected: "no day of expiry",
      message: "Only points that are gained expire"
    })
  }
  return problems
}

import type { Activity, ActivityConflict } from "@audiences/domain/Activity"
import type { Actor } from "@audiences/domain/Actor"
import type { ConsumerArchived, ConsumerId, ConsumerNotFound } from "@audiences/domain/Consumer"
import type { LoyaltyTransaction, LoyaltyTransactionConflict } from "@audiences/domain/LoyaltyTransaction"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, Data, type DateTime, type Effect } from "effect"
import type { PointsGained } from "./ExpiringBuckets.ts"
import type { HistoryRequest, HistorySlice } from "./HistoryPaging.ts"

/** There are fewer points than are to be spent. */
export class PointsInsufficient extends Data.TaggedError("PointsInsufficient")<{ readonly balance: number }> {}

export interface PointsHistory extends HistorySlice<LoyaltyTransaction> {
  /** All that was ever gained, by the days of gain and expiry. */
  readonly gained: ReadonlyArray<PointsGained>
  /** All that was ever spent or lost. */
  readonly spent: number
}

/** Where it is kept what happened with consumers. Every method is scoped to one organization. */
export class HistoryRepo extends Context.Service<
  HistoryRepo,
  {
    readonly timeline: (
      organizationId: OrganizationId,
      consumerId: ConsumerId,
      request: HistoryRequest
    ) => Effect.Effect<HistorySlice<Activity> & { readonly totalCount: number }, ConsumerNotFound>
    /** Records an activity, once for its id, and counts it. */
    readonly addActivity: (
      actor: Actor,
      now: DateTime.Utc,
      activity: Activity
    ) => Effect.Effect<Activity, ConsumerNotFound | ConsumerArchived | ActivityConflict>
    readonly loyaltyTransactions: (
      organizationId: OrganizationId,
      consumerId: ConsumerId,
      request: HistoryRequest
    ) => Effect.Effect<PointsHistory, ConsumerNotFound>
    /** Records a transaction, once for its id, and moves the consumer's points. */
    readonly addLoyaltyTransaction: (
      actor: Actor,
      now: DateTime.Utc,
      consumerId: ConsumerId,
      transaction: LoyaltyTransaction
    ) => Effect.Effect<
      LoyaltyTransaction,
      ConsumerNotFound | ConsumerArchived | LoyaltyTransactionConflict | PointsInsufficient
    >
  }
>()("@audiences/engine/HistoryRepo") {}

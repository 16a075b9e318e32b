import type { Actor } from "@audiences/domain/Actor"
import type { Order, OrderInput } from "@audiences/domain/Order"
import { Context, Data, type DateTime, type Effect } from "effect"

/** Why an order of a batch, by its index, cannot be recorded. */
export type OrderProblem =
  | { readonly _tag: "ConsumerUnknown"; readonly index: number }
  /** The consumer's `ltv` would have more than twelve digits before the point. */
  | { readonly _tag: "TotalTooLarge"; readonly index: number }

/** Nothing was written. */
export class OrdersRefused extends Data.TaggedError("OrdersRefused")<{
  readonly problems: ReadonlyArray<OrderProblem>
}> {}

/** Where orders are kept, and what they amount to. */
export class OrderRepo extends Context.Service<
  OrderRepo,
  {
    /**
     * Records orders of different ids, all or none, and brings the totals of everybody concerned up to date. Each names one live
     * consumer.
     */
    readonly write: (
      actor: Actor,
      now: DateTime.Utc,
      orders: ReadonlyArray<OrderInput>
    ) => Effect.Effect<ReadonlyArray<Order>, OrdersRefused>
  }
>()("@audiences/engine/OrderRepo") {}

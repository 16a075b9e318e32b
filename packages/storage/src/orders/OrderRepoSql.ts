import type { Actor } from "@audiences/domain/Actor"
import { canonicalMoney } from "@audiences/domain/Money"
import type { OrderInput } from "@audiences/domain/Order"
import { type OrderProblem, OrderRepo, OrdersRefused } from "@audiences/engine/orders/OrderRepo"
import { DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { contended } from "../postgres/Contended.ts"
import { audit, firstIds } from "../audit/Audit.ts"
import { lockOrders, lockOwners } from "./OrderOwners.ts"
import { type OrderResult, writeOrders } from "./OrderTotals.ts"

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const write = Effect.fn("OrderRepo.write")(
    function* (actor: Actor, now: DateTime.Utc, orders: ReadonlyArray<OrderInput>) {
      yield* lockOrders(sql, actor.organizationId)
      const owners = yield* lockOwners(sql, actor.organizationId, orders)
      const unknown = owners.flatMap((owner, index): ReadonlyArray<OrderProblem> =>
        owner === undefined ? [{ _tag: "ConsumerUnknown", index }] : []
      )
      if (unknown.length > 0) return yield* new OrdersRefused({ problems: unknown })
      const ordinals = owners.map((owner) => owner!.ordinal)
      const told = (written: ReadonlyArray<OrderResult>) =>
        audit(sql, actor, now, {
          action: "orders.batch",
          subjectType: "order",
          subjectId: null,
          changes: {
            created: written.filter(({ result }) => result === "created").length,
            updated: written.filter(({ result }) => result === "updated").length,
            orderIds: firstIds(written.map(({ orderId }) => orderId))
          }
        })
      const { results, tooLarge } = yield* writeOrders(
        sql,
        actor,
        now,
        {
          orderIds: orders.map(({ orderId }) => orderId),
          ordinals,
          totals: orders.map(({ total }) => total),
          orderedAts: orders.map(({ orderedAt }) => DateTime.formatIso(orderedAt)),
          removedIds: []
        },
        told
      )
      const refused = ordinals.flatMap((ordinal, index): ReadonlyArray<OrderProblem> =>
        tooLarge.has(ordinal) ? [{ _tag: "TotalTooLarge", index }] : []
      )
      if (refused.length > 0) return yield* new OrdersRefused({ problems: refused })
      return orders.map(({ orderId, orderedAt, total }, index) => ({
        orderId,
        consumerId: owners[index]!.id,
        orderedAt,
        total: canonicalMoney(total),
        result: results.get(orderId)!
      }))
    },
    contended(sql),
    Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
  )

  return OrderRepo.of({ write })
})

export const OrderRepoSql = Layer.effect(OrderRepo, make)

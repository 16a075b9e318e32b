import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { Orders } from "@audiences/engine/orders/Orders"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

export const OrdersHttp = HttpApiBuilder.group(
  Api,
  "orders",
  Effect.fnUntraced(function* (handlers) {
    const orders = yield* Orders
    return handlers.handleAll({
      batch: ({ payload }) => Effect.flatMap(CurrentActor, (actor) => orders.batch(actor, payload))
    })
  })
)

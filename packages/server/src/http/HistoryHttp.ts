import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { History } from "@audiences/engine/history/History"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

export const HistoryHttp = HttpApiBuilder.group(
  Api,
  "history",
  Effect.fnUntraced(function* (handlers) {
    const history = yield* History
    return handlers.handleAll({
      timeline: ({ params, query }) =>
        Effect.flatMap(CurrentActor, (actor) => history.timeline(actor.organizationId, params.id, query)),
      addActivity: ({ params, payload }) =>
        Effect.flatMap(CurrentActor, (actor) => history.addActivity(actor, params.id, payload)),
      loyaltyTransactions: ({ params, query }) =>
        Effect.flatMap(CurrentActor, (actor) => history.loyaltyTransactions(actor.organizationId, params.id, query)),
      addLoyaltyTransaction: ({ params, payload }) =>
        Effect.flatMap(CurrentActor, (actor) => history.addLoyaltyTransaction(actor, params.id, payload))
    })
  })
)

import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { ApiKeys } from "@audiences/engine/apiKeys/ApiKeys"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

export const ApiKeysHttp = HttpApiBuilder.group(
  Api,
  "apiKeys",
  Effect.fnUntraced(function* (handlers) {
    const apiKeys = yield* ApiKeys
    return handlers.handleAll({
      list: ({ query }) => Effect.flatMap(CurrentActor, (actor) => apiKeys.list(actor.organizationId, query)),
      create: ({ payload }) => Effect.flatMap(CurrentActor, (actor) => apiKeys.create(actor, payload)),
      rotate: ({ params, payload }) =>
        Effect.flatMap(CurrentActor, (actor) => apiKeys.rotate(actor, params.apiKeyId, payload)),
      revoke: ({ params }) => Effect.flatMap(CurrentActor, (actor) => apiKeys.revoke(actor, params.apiKeyId))
    })
  })
)

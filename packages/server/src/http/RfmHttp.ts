import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { Rfm } from "@audiences/engine/rfm/Rfm"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

export const RfmHttp = HttpApiBuilder.group(
  Api,
  "rfm",
  Effect.fnUntraced(function* (handlers) {
    const rfm = yield* Rfm
    return handlers.handleAll({
      create: ({ payload }) => Effect.flatMap(CurrentActor, (actor) => rfm.create(actor, payload)),
      get: ({ params }) => Effect.flatMap(CurrentActor, (actor) => rfm.get(actor.organizationId, params.groupId)),
      replace: ({ params, payload }) =>
        Effect.flatMap(CurrentActor, (actor) => rfm.replace(actor, params.groupId, payload)),
      explain: ({ params }) =>
        Effect.flatMap(CurrentActor, (actor) => rfm.explain(actor.organizationId, params.groupId, params.consumerId)),
      run: ({ params }) => Effect.flatMap(CurrentActor, (actor) => rfm.request(actor, params.groupId))
    })
  })
)

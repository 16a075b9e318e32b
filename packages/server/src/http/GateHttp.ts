import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { Explanations } from "@audiences/engine/explanations/Explanations"
import { Gate } from "@audiences/engine/gate/Gate"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

export const GateHttp = HttpApiBuilder.group(
  Api,
  "gate",
  Effect.fnUntraced(function* (handlers) {
    const gate = yield* Gate
    const explanations = yield* Explanations
    return handlers.handleAll({
      check: ({ params, query }) =>
        Effect.flatMap(CurrentActor, (actor) =>
          gate.check(actor.organizationId, params.audienceId, params.consumerId, query)
        ),
      explain: ({ params }) =>
        Effect.flatMap(CurrentActor, (actor) =>
          explanations.explain(actor.organizationId, params.audienceId, params.consumerId)
        ),
      checkAll: ({ params, payload, query }) =>
        Effect.flatMap(CurrentActor, (actor) => gate.checkAll(actor.organizationId, params.audienceId, query, payload))
    })
  })
)

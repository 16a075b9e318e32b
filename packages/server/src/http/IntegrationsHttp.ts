import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { Integrations } from "@audiences/engine/integrations/Integrations"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

export const IntegrationsHttp = HttpApiBuilder.group(
  Api,
  "integrations",
  Effect.fnUntraced(function* (handlers) {
    const integrations = yield* Integrations
    return handlers.handleAll({
      list: () => Effect.flatMap(CurrentActor, (actor) => integrations.list(actor.organizationId)),
      set: ({ params, payload }) =>
        Effect.flatMap(CurrentActor, (actor) => integrations.set(actor, params.vendor, payload)),
      remove: ({ params }) => Effect.flatMap(CurrentActor, (actor) => integrations.remove(actor, params.vendor)),
      lists: ({ params }) =>
        Effect.flatMap(CurrentActor, (actor) => integrations.lists(actor.organizationId, params.vendor))
    })
  })
)

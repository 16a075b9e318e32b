import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { SyncSources } from "@audiences/engine/syncs/SyncSources"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

export const SyncSourcesHttp = HttpApiBuilder.group(
  Api,
  "syncSources",
  Effect.fnUntraced(function* (handlers) {
    const sources = yield* SyncSources
    return handlers.handleAll({
      list: ({ query }) => Effect.flatMap(CurrentActor, ({ organizationId }) => sources.list(organizationId, query)),
      add: ({ payload }) => Effect.flatMap(CurrentActor, (actor) => sources.add(actor, payload)),
      get: ({ params }) => Effect.flatMap(CurrentActor, ({ organizationId }) => sources.get(organizationId, params.id)),
      remove: ({ params }) => Effect.flatMap(CurrentActor, (actor) => sources.remove(actor, params.id))
    })
  })
)

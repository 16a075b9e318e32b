import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { Overlaps } from "@audiences/engine/overlaps/Overlaps"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

export const OverlapsHttp = HttpApiBuilder.group(
  Api,
  "overlaps",
  Effect.fnUntraced(function* (handlers) {
    const overlaps = yield* Overlaps
    return handlers.handleAll({
      get: ({ query }) => Effect.flatMap(CurrentActor, (actor) => overlaps.get(actor.organizationId, query))
    })
  })
)

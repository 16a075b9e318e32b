import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { Memberships } from "@audiences/engine/memberships/Memberships"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

export const MembersHttp = HttpApiBuilder.group(
  Api,
  "members",
  Effect.fnUntraced(function* (handlers) {
    const memberships = yield* Memberships
    return handlers.handleAll({
      list: ({ params, query }) =>
        Effect.flatMap(CurrentActor, (actor) => memberships.list(actor.organizationId, params.audienceId, query)),
      add: ({ params, payload }) =>
        Effect.flatMap(CurrentActor, (actor) => memberships.add(actor, params.audienceId, payload)),
      remove: ({ params, payload }) =>
        Effect.flatMap(CurrentActor, (actor) => memberships.remove(actor, params.audienceId, payload))
    })
  })
)

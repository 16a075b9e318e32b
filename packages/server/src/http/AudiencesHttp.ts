import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { Audiences } from "@audiences/engine/audiences/Audiences"
import { Memberships } from "@audiences/engine/memberships/Memberships"
import { Refreshes } from "@audiences/engine/refreshes/Refreshes"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

export const AudiencesHttp = HttpApiBuilder.group(
  Api,
  "audiences",
  Effect.fnUntraced(function* (handlers) {
    const audiences = yield* Audiences
    const memberships = yield* Memberships
    const refreshes = yield* Refreshes
    return handlers.handleAll({
      list: ({ query }) => Effect.flatMap(CurrentActor, (actor) => audiences.list(actor.organizationId, query)),
      create: ({ payload }) => Effect.flatMap(CurrentActor, (actor) => audiences.create(actor, payload)),
      get: ({ params }) =>
        Effect.flatMap(CurrentActor, (actor) => audiences.get(actor.organizationId, params.audienceId)),
      update: ({ params, payload }) =>
        Effect.flatMap(CurrentActor, (actor) => audiences.update(actor, params.audienceId, payload)),
      archive: ({ params }) => Effect.flatMap(CurrentActor, (actor) => audiences.archive(actor, params.audienceId)),
      count: ({ params }) =>
        Effect.flatMap(CurrentActor, (actor) => memberships.count(actor.organizationId, params.audienceId)),
      status: ({ params }) =>
        Effect.flatMap(CurrentActor, (actor) => memberships.status(actor.organizationId, params.audienceId)),
      refresh: ({ params }) => Effect.flatMap(CurrentActor, (actor) => refreshes.request(actor, params.audienceId))
    })
  })
)

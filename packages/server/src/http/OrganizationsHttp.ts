import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { Organizations } from "@audiences/engine/organizations/Organizations"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

export const OrganizationsHttp = HttpApiBuilder.group(
  Api,
  "organizations",
  Effect.fnUntraced(function* (handlers) {
    const organizations = yield* Organizations
    return handlers.handleAll({
      list: ({ query }) => Effect.flatMap(CurrentActor, (actor) => organizations.list(actor.organizationId, query)),
      create: ({ payload }) => Effect.flatMap(CurrentActor, (actor) => organizations.create(actor, payload)),
      get: ({ params }) =>
        Effect.flatMap(CurrentActor, (actor) => organizations.get(actor.organizationId, params.organizationId)),
      update: ({ params, payload }) =>
        Effect.flatMap(CurrentActor, (actor) => organizations.update(actor, params.organizationId, payload))
    })
  })
)

import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { Versions } from "@audiences/engine/versions/Versions"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

export const VersionsHttp = HttpApiBuilder.group(
  Api,
  "versions",
  Effect.fnUntraced(function* (handlers) {
    const versions = yield* Versions
    return handlers.handleAll({
      history: ({ params, query }) =>
        Effect.flatMap(CurrentActor, (actor) => versions.history(actor.organizationId, params.audienceId, query)),
      volatility: ({ params, query }) =>
        Effect.flatMap(CurrentActor, (actor) => versions.volatility(actor.organizationId, params.audienceId, query)),
      get: ({ params }) =>
        Effect.flatMap(CurrentActor, (actor) => versions.get(actor.organizationId, params.audienceId, params.version)),
      members: ({ params, query }) =>
        Effect.flatMap(CurrentActor, (actor) =>
          versions.members(actor.organizationId, params.audienceId, params.version, query)
        ),
      snapshots: ({ params }) =>
        Effect.flatMap(CurrentActor, (actor) => versions.snapshots(actor.organizationId, params.audienceId)),
      snapshot: ({ params, payload }) =>
        Effect.flatMap(CurrentActor, (actor) => versions.snapshot(actor, params.audienceId, payload))
    })
  })
)

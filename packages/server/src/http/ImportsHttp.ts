import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { Imports } from "@audiences/engine/imports/Imports"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

export const ImportsHttp = HttpApiBuilder.group(
  Api,
  "imports",
  Effect.fnUntraced(function* (handlers) {
    const imports = yield* Imports
    return handlers.handleAll({
      create: ({ params, query }) =>
        Effect.flatMap(CurrentActor, (actor) => imports.create(actor, params.audienceId, query)),
      latest: ({ params }) =>
        Effect.flatMap(CurrentActor, (actor) => imports.latest(actor.organizationId, params.audienceId))
    })
  })
)

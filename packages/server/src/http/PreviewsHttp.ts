import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { Previews } from "@audiences/engine/previews/Previews"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

export const PreviewsHttp = HttpApiBuilder.group(
  Api,
  "previews",
  Effect.fnUntraced(function* (handlers) {
    const previews = yield* Previews
    return handlers.handleAll({
      preview: ({ payload }) => Effect.flatMap(CurrentActor, (actor) => previews.preview(actor.organizationId, payload))
    })
  })
)

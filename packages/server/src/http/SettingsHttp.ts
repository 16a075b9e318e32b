import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { OrganizationSettings } from "@audiences/engine/settings/OrganizationSettings"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

export const SettingsHttp = HttpApiBuilder.group(
  Api,
  "settings",
  Effect.fnUntraced(function* (handlers) {
    const settings = yield* OrganizationSettings
    return handlers.handleAll({
      get: () => Effect.flatMap(CurrentActor, (actor) => settings.get(actor.organizationId)),
      update: ({ payload }) => Effect.flatMap(CurrentActor, (actor) => settings.update(actor, payload))
    })
  })
)

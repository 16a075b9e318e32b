import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { NotImplemented } from "@audiences/domain/Errors"
import { AudienceGroups } from "@audiences/engine/groups/AudienceGroups"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

const notImplemented = new NotImplemented({
  error: "Loyalty tiers are not implemented yet: create a DYNAMIC audience with a groupId for each tier"
})

export const LoyaltyTiersHttp = HttpApiBuilder.group(
  Api,
  "loyaltyTiers",
  Effect.fnUntraced(function* (handlers) {
    const groups = yield* AudienceGroups
    return handlers.handleAll({
      create: () => notImplemented,
      replace: ({ params }) =>
        Effect.flatMap(CurrentActor, (actor) =>
          Effect.andThen(groups.get(actor.organizationId, params.groupId), notImplemented)
        )
    })
  })
)

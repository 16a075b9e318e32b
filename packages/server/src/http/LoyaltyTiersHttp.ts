import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { LoyaltyTiers } from "@audiences/engine/groups/LoyaltyTiers"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

export const LoyaltyTiersHttp = HttpApiBuilder.group(
  Api,
  "loyaltyTiers",
  Effect.fnUntraced(function* (handlers) {
    const tiers = yield* LoyaltyTiers
    return handlers.handleAll({
      create: ({ payload }) => Effect.flatMap(CurrentActor, (actor) => tiers.create(actor, payload)),
      replace: ({ params, payload }) =>
        Effect.flatMap(CurrentActor, (actor) => tiers.replace(actor, params.groupId, payload))
    })
  })
)

import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { Rules } from "@audiences/engine/rules/Rules"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

export const RulesHttp = HttpApiBuilder.group(
  Api,
  "rules",
  Effect.fnUntraced(function* (handlers) {
    const rules = yield* Rules
    return handlers.handleAll({
      list: ({ params }) =>
        Effect.flatMap(CurrentActor, (actor) => rules.list(actor.organizationId, params.audienceId)),
      create: ({ params, payload }) =>
        Effect.flatMap(CurrentActor, (actor) => rules.create(actor, params.audienceId, payload)),
      replace: ({ params, payload }) =>
        Effect.flatMap(CurrentActor, (actor) => rules.replace(actor, params.audienceId, payload)),
      get: ({ params }) =>
        Effect.flatMap(CurrentActor, (actor) => rules.get(actor.organizationId, params.audienceId, params.ruleId)),
      update: ({ params, payload }) =>
        Effect.flatMap(CurrentActor, (actor) => rules.update(actor, params.audienceId, params.ruleId, payload)),
      remove: ({ params }) =>
        Effect.flatMap(CurrentActor, (actor) => rules.remove(actor, params.audienceId, params.ruleId))
    })
  })
)

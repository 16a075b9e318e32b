import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { Consumers } from "@audiences/engine/consumers/Consumers"
import { Distributions } from "@audiences/engine/distributions/Distributions"
import { Memberships } from "@audiences/engine/memberships/Memberships"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

export const ConsumersHttp = HttpApiBuilder.group(
  Api,
  "consumers",
  Effect.fnUntraced(function* (handlers) {
    const consumers = yield* Consumers
    const distributions = yield* Distributions
    const memberships = yield* Memberships
    return handlers.handleAll({
      list: ({ query }) => Effect.flatMap(CurrentActor, (actor) => consumers.list(actor.organizationId, query)),
      batch: ({ payload }) => Effect.flatMap(CurrentActor, (actor) => consumers.batch(actor, payload)),
      distribution: ({ query }) =>
        Effect.flatMap(CurrentActor, (actor) => distributions.of(actor.organizationId, query)),
      get: ({ params }) => Effect.flatMap(CurrentActor, (actor) => consumers.get(actor.organizationId, params.id)),
      update: ({ params, payload }) =>
        Effect.flatMap(CurrentActor, (actor) => consumers.update(actor, params.id, payload)),
      archive: ({ params, query }) =>
        Effect.flatMap(CurrentActor, (actor) => consumers.archive(actor, params.id, query)),
      audiences: ({ params }) =>
        Effect.flatMap(CurrentActor, (actor) => memberships.ofConsumer(actor.organizationId, params.id))
    })
  })
)

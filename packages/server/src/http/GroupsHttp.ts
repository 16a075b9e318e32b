import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { AudienceGroups } from "@audiences/engine/groups/AudienceGroups"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

export const GroupsHttp = HttpApiBuilder.group(
  Api,
  "groups",
  Effect.fnUntraced(function* (handlers) {
    const groups = yield* AudienceGroups
    return handlers.handleAll({
      get: ({ params }) => Effect.flatMap(CurrentActor, (actor) => groups.get(actor.organizationId, params.groupId)),
      members: ({ params, query }) =>
        Effect.flatMap(CurrentActor, (actor) => groups.members(actor.organizationId, params.groupId, query)),
      archive: ({ params }) => Effect.flatMap(CurrentActor, (actor) => groups.archive(actor, params.groupId))
    })
  })
)

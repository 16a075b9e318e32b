import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { exportContentTypes } from "@audiences/domain/MemberExport"
import { Exports } from "@audiences/engine/exports/Exports"
import { Effect } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"

export const ExportsHttp = HttpApiBuilder.group(
  Api,
  "exports",
  Effect.fnUntraced(function* (handlers) {
    const exports = yield* Exports
    return handlers.handleAll({
      members: ({ params: { audienceId }, query }) =>
        Effect.gen(function* () {
          const { organizationId } = yield* CurrentActor
          const format = query.format ?? "csv"
          return HttpServerResponse.stream(yield* exports.members(organizationId, audienceId, query), {
            contentType: `${exportContentTypes[format]}; charset=utf-8`,
            headers: { "content-disposition": `attachment; filename="members-${audienceId}.${format}"` }
          })
        })
    })
  })
)

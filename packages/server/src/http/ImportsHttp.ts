import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { ImportReports } from "@audiences/engine/imports/ImportReports"
import { ImportUndo } from "@audiences/engine/imports/ImportUndo"
import { Imports } from "@audiences/engine/imports/Imports"
import { Effect } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"

export const ImportsHttp = HttpApiBuilder.group(
  Api,
  "imports",
  Effect.fnUntraced(function* (handlers) {
    const imports = yield* Imports
    const reports = yield* ImportReports
    const undo = yield* ImportUndo
    return handlers.handleAll({
      create: ({ params, query }) =>
        Effect.flatMap(CurrentActor, (actor) => imports.create(actor, params.audienceId, query)),
      latest: ({ params }) =>
        Effect.flatMap(CurrentActor, (actor) => imports.latest(actor.organizationId, params.audienceId)),
      list: ({ params, query }) =>
        Effect.flatMap(CurrentActor, (actor) => reports.list(actor.organizationId, params.audienceId, query)),
      get: ({ params }) =>
        Effect.flatMap(CurrentActor, (actor) => reports.get(actor.organizationId, params.audienceId, params.importId)),
      errors: ({ params: { audienceId, importId } }) =>
        Effect.gen(function* () {
          const { organizationId } = yield* CurrentActor
          return HttpServerResponse.stream(yield* reports.errors(organizationId, audienceId, importId), {
            contentType: "text/csv; charset=utf-8",
            headers: { "content-disposition": `attachment; filename="errors-${importId}.csv"` }
          })
        }),
      cancel: ({ params }) =>
        Effect.flatMap(CurrentActor, (actor) => reports.cancel(actor, params.audienceId, params.importId)),
      undo: ({ params }) =>
        Effect.flatMap(CurrentActor, (actor) => undo.undo(actor, params.audienceId, params.importId))
    })
  })
)

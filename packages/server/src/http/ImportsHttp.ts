import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { AnyImport } from "@audiences/engine/imports/ImportRepo"
import { ImportReports } from "@audiences/engine/imports/reports/ImportReports"
import { ImportUndo } from "@audiences/engine/imports/undo/ImportUndo"
import { Imports } from "@audiences/engine/imports/Imports"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { rejectedRowsFile } from "./RejectedRowsFile.ts"

const into = (audienceId: AudienceId) => ({ _tag: "Audience", audienceId }) as const
const isInto = (audienceId: AudienceId) => (found: AnyImport) => ({ ...found, audienceId })

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
      list: ({ params: { audienceId }, query }) =>
        CurrentActor.pipe(
          Effect.flatMap((actor) => reports.list(actor.organizationId, into(audienceId), query)),
          Effect.map((page) => ({ ...page, data: page.data.map(isInto(audienceId)) }))
        ),
      get: ({ params: { audienceId, importId } }) =>
        CurrentActor.pipe(
          Effect.flatMap((actor) => reports.get(actor.organizationId, into(audienceId), importId)),
          Effect.map(isInto(audienceId))
        ),
      errors: ({ params: { audienceId, importId } }) =>
        CurrentActor.pipe(
          Effect.flatMap((actor) => reports.errors(actor.organizationId, into(audienceId), importId)),
          Effect.map((rows) => rejectedRowsFile(importId, rows))
        ),
      cancel: ({ params: { audienceId, importId } }) =>
        CurrentActor.pipe(
          Effect.flatMap((actor) => reports.cancel(actor, into(audienceId), importId)),
          Effect.map(isInto(audienceId))
        ),
      undo: ({ params: { audienceId, importId } }) =>
        CurrentActor.pipe(
          Effect.flatMap((actor) => undo.undo(actor, into(audienceId), importId)),
          Effect.map(isInto(audienceId))
        )
    })
  })
)

import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { AuditLog } from "@audiences/engine/audit/AuditLog"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

export const AuditLogHttp = HttpApiBuilder.group(
  Api,
  "auditLog",
  Effect.fnUntraced(function* (handlers) {
    const auditLog = yield* AuditLog
    return handlers.handleAll({
      list: ({ query }) => Effect.flatMap(CurrentActor, (actor) => auditLog.list(actor.organizationId, query))
    })
  })
)

import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { auditListQuery, AuditPage } from "../AuditEntry.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

export class AuditLogApi extends HttpApiGroup.make("auditLog")
  .add(
    HttpApiEndpoint.get("list", "/", { query: auditListQuery, success: AuditPage, error: ValidationError })
      .annotate(OpenApi.Summary, "Who changed what, and when")
      .annotateMerge(OpenApi.annotations({ description: "Extension: newest first." }))
  )
  .prefix("/audit-log")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(OpenApi.annotations({ title: "Audit log", description: "Who changed what, and when" })) {}

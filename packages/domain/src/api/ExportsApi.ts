import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { AudienceNotFound } from "../Audience.ts"
import { AudienceId } from "../AudienceId.ts"
import { exportContentTypes, memberExportQuery } from "../MemberExport.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

export class ExportsApi extends HttpApiGroup.make("exports")
  .add(
    HttpApiEndpoint.get("members", "/export", {
      params: { audienceId: AudienceId },
      query: memberExportQuery,
      success: HttpApiSchema.StreamUint8Array({ contentType: Object.values(exportContentTypes) }),
      error: [ValidationError, AudienceNotFound]
    })
      .annotate(OpenApi.Summary, "Export the members")
      .annotateMerge(
        OpenApi.annotations({
          description: "Extension: everybody, as of one version, as CSV that an import takes as it is, or as NDJSON."
        })
      )
  )
  .prefix("/audiences/:audienceId/members")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(OpenApi.annotations({ title: "Exports", description: "Members as files" })) {}

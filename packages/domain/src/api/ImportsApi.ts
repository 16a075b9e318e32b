import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AudienceArchived, AudienceNotFound } from "../Audience.ts"
import { AudienceId } from "../AudienceId.ts"
import { Import, ImportNotFound, importQuery, ImportWithUpload } from "../Import.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

const params = { audienceId: AudienceId }

export class ImportsApi extends HttpApiGroup.make("imports")
  .add(
    HttpApiEndpoint.post("create", "/", {
      params,
      query: importQuery,
      success: ImportWithUpload,
      error: [ValidationError, AudienceNotFound, AudienceArchived]
    })
      .annotate(OpenApi.Summary, "Open an import")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Opens an import. PUT the CSV file as text/csv to `uploadUrl`; the import starts when it has arrived."
        })
      ),
    HttpApiEndpoint.get("latest", "/", { params, success: Import, error: [AudienceNotFound, ImportNotFound] }).annotate(
      OpenApi.Summary,
      "Read the latest import"
    )
  )
  .prefix("/audiences/:audienceId/import")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(OpenApi.annotations({ title: "Imports", description: "CSV files of consumers" })) {}

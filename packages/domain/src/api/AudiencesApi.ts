import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import {
  Audience,
  AudienceArchived,
  AudienceCreate,
  AudienceFull,
  audienceListQuery,
  AudienceNotFound,
  AudiencePage,
  AudienceUpdate
} from "../Audience.ts"
import { AudienceId } from "../AudienceId.ts"
import { AudienceCount, AudienceStatus } from "../Membership.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

const params = { audienceId: AudienceId }

export class AudiencesApi extends HttpApiGroup.make("audiences")
  .add(
    HttpApiEndpoint.get("list", "/", {
      query: audienceListQuery,
      success: AudiencePage,
      error: ValidationError
    }).annotate(OpenApi.Summary, "List audiences"),
    HttpApiEndpoint.post("create", "/", {
      payload: AudienceCreate,
      success: AudienceFull,
      error: ValidationError
    }).annotate(OpenApi.Summary, "Create an audience"),
    HttpApiEndpoint.get("get", "/:audienceId", { params, success: AudienceFull, error: AudienceNotFound }).annotate(
      OpenApi.Summary,
      "Read an audience"
    ),
    HttpApiEndpoint.put("update", "/:audienceId", {
      params,
      payload: AudienceUpdate,
      success: Audience,
      error: [ValidationError, AudienceNotFound, AudienceArchived]
    }).annotate(OpenApi.Summary, "Change an audience"),
    HttpApiEndpoint.delete("archive", "/:audienceId", { params, success: Audience, error: AudienceNotFound }).annotate(
      OpenApi.Summary,
      "Archive an audience"
    ),
    HttpApiEndpoint.get("count", "/:audienceId/count", {
      params,
      success: AudienceCount,
      error: AudienceNotFound
    }).annotate(OpenApi.Summary, "Count the members"),
    HttpApiEndpoint.get("status", "/:audienceId/status", {
      params,
      success: AudienceStatus,
      error: AudienceNotFound
    }).annotate(OpenApi.Summary, "How fresh the membership is"),
    HttpApiEndpoint.post("refresh", "/:audienceId/refresh", {
      params,
      success: AudienceStatus,
      error: [ValidationError, AudienceNotFound, AudienceArchived]
    })
      .annotate(OpenApi.Summary, "Evaluate now")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Extension: evaluates a DYNAMIC audience now. Answers at once; `inProgress` of the status turns false when it is done."
        })
      )
  )
  .prefix("/audiences")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(OpenApi.annotations({ title: "Audiences", description: "Named sets of consumers" })) {}

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
    HttpApiEndpoint.get("list", "/", { query: audienceListQuery, success: AudiencePage, error: ValidationError }),
    HttpApiEndpoint.post("create", "/", { payload: AudienceCreate, success: AudienceFull, error: ValidationError }),
    HttpApiEndpoint.get("get", "/:audienceId", { params, success: AudienceFull, error: AudienceNotFound }),
    HttpApiEndpoint.put("update", "/:audienceId", {
      params,
      payload: AudienceUpdate,
      success: Audience,
      error: [ValidationError, AudienceNotFound, AudienceArchived]
    }),
    HttpApiEndpoint.delete("archive", "/:audienceId", { params, success: Audience, error: AudienceNotFound }),
    HttpApiEndpoint.get("count", "/:audienceId/count", { params, success: AudienceCount, error: AudienceNotFound }),
    HttpApiEndpoint.get("status", "/:audienceId/status", { params, success: AudienceStatus, error: AudienceNotFound }),
    HttpApiEndpoint.post("refresh", "/:audienceId/refresh", {
      params,
      success: AudienceStatus,
      error: [ValidationError, AudienceNotFound, AudienceArchived]
    }).annotateMerge(
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

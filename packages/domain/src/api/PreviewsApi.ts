import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AudienceNotFound } from "../Audience.ts"
import { AudiencePreview, PreviewInput } from "../AudiencePreview.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

export class PreviewsApi extends HttpApiGroup.make("previews")
  .add(
    HttpApiEndpoint.post("preview", "/preview", {
      payload: PreviewInput,
      success: AudiencePreview,
      error: [ValidationError, AudienceNotFound]
    })
      .annotate(OpenApi.Summary, "Try rules out")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Extension: how many consumers rules select and some of them, and who would enter and leave an audience. Saves nothing."
        })
      )
  )
  .prefix("/audiences")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(OpenApi.annotations({ title: "Previews", description: "What rules would do" })) {}

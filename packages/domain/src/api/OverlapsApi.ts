import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AudienceNotFound } from "../Audience.ts"
import { AudienceOverlap, overlapQuery } from "../AudienceOverlap.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

export class OverlapsApi extends HttpApiGroup.make("overlaps")
  .add(
    HttpApiEndpoint.get("get", "/overlap", {
      query: overlapQuery,
      success: AudienceOverlap,
      error: [ValidationError, AudienceNotFound]
    })
      .annotate(OpenApi.Summary, "How many consumers audiences have in common")
      .annotateMerge(OpenApi.annotations({ description: "Extension: the sizes of all pairwise intersections." }))
  )
  .prefix("/audiences")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(OpenApi.annotations({ title: "Overlaps", description: "What audiences have in common" })) {}

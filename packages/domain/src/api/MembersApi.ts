import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AudienceArchived, AudienceNotFound } from "../Audience.ts"
import { AudienceId } from "../AudienceId.ts"
import { ConsumerPage } from "../Consumer.ts"
import { memberListQuery, MembersAdd, MembersAdded, MembersRemove, MembersRemoved } from "../Membership.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

const params = { audienceId: AudienceId }

export class MembersApi extends HttpApiGroup.make("members")
  .add(
    HttpApiEndpoint.get("list", "/", {
      params,
      query: memberListQuery,
      success: ConsumerPage,
      error: [ValidationError, AudienceNotFound]
    }).annotate(OpenApi.Summary, "List the members"),
    HttpApiEndpoint.post("add", "/", {
      params,
      payload: MembersAdd,
      success: MembersAdded,
      error: [ValidationError, AudienceNotFound, AudienceArchived]
    }).annotate(OpenApi.Summary, "Add members to a static list"),
    HttpApiEndpoint.delete("remove", "/", {
      params,
      payload: MembersRemove,
      success: MembersRemoved,
      error: [ValidationError, AudienceNotFound, AudienceArchived]
    })
      .annotate(OpenApi.Summary, "Remove members from a static list")
      .annotateMerge(OpenApi.annotations({ description: "Extension: takes members out of a STATIC_LIST." }))
  )
  .prefix("/audiences/:audienceId/members")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(OpenApi.annotations({ title: "Members", description: "Who is in an audience" })) {}

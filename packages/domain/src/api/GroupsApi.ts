import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Audience, AudienceFull, AudienceNotFound } from "../Audience.ts"
import { AudienceGroupId, AudienceGroupNotFound, groupMemberListQuery } from "../AudienceGroup.ts"
import { ConsumerPage } from "../Consumer.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

const params = { groupId: AudienceGroupId }

export class GroupsApi extends HttpApiGroup.make("groups")
  .add(
    HttpApiEndpoint.get("get", "/:groupId", {
      params,
      success: Schema.Array(AudienceFull),
      error: AudienceGroupNotFound
    })
      .annotate(OpenApi.Summary, "Read the audiences of a group")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "The live audiences of the group, oldest first; of a group that was archived whole, the archived ones."
        })
      ),
    HttpApiEndpoint.get("members", "/:groupId/members", {
      params,
      query: groupMemberListQuery,
      success: ConsumerPage,
      error: [ValidationError, AudienceGroupNotFound, AudienceNotFound]
    }).annotate(OpenApi.Summary, "List the members of a group, each once"),
    HttpApiEndpoint.delete("archive", "/:groupId", {
      params,
      success: Schema.Array(Audience),
      error: AudienceGroupNotFound
    }).annotate(OpenApi.Summary, "Archive every audience of a group")
  )
  .prefix("/audiences/groups")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(OpenApi.annotations({ title: "Groups", description: "Audiences that belong together" })) {}

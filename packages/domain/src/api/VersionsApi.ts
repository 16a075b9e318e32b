import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AudienceNotFound } from "../Audience.ts"
import { AudienceId } from "../AudienceId.ts"
import {
  AudienceHistory,
  audienceHistoryQuery,
  AudienceVersion,
  NoMembershipYet,
  Snapshot,
  SnapshotCreate,
  SnapshotNameTaken,
  VersionNotFound,
  VersionNotRetained,
  VersionNumber,
  Volatility,
  volatilityQuery
} from "../AudienceVersion.ts"
import { ConsumerPage } from "../Consumer.ts"
import { memberListQuery } from "../Membership.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

const params = { audienceId: AudienceId }
const versionParams = { audienceId: AudienceId, version: VersionNumber }

const extension = (description: string) => OpenApi.annotations({ description: `Extension: ${description}` })

export class VersionsApi extends HttpApiGroup.make("versions")
  .add(
    HttpApiEndpoint.get("history", "/history", {
      params,
      query: audienceHistoryQuery,
      success: AudienceHistory,
      error: [ValidationError, AudienceNotFound]
    })
      .annotate(OpenApi.Summary, "What entered and left, and why")
      .annotateMerge(extension("the versions of the membership, newest first; kept for 30 days.")),
    HttpApiEndpoint.get("volatility", "/volatility", {
      params,
      query: volatilityQuery,
      success: Volatility,
      error: [ValidationError, AudienceNotFound]
    })
      .annotate(OpenApi.Summary, "How much the membership moves")
      .annotateMerge(extension("who entered and left over the size, for each day.")),
    HttpApiEndpoint.get("get", "/versions/:version", {
      params: versionParams,
      success: AudienceVersion,
      error: [AudienceNotFound, VersionNotFound, VersionNotRetained]
    })
      .annotate(OpenApi.Summary, "Read a version")
      .annotateMerge(extension("kept for 30 days, and for good where a snapshot was made.")),
    HttpApiEndpoint.get("members", "/versions/:version/members", {
      params: versionParams,
      query: memberListQuery,
      success: ConsumerPage,
      error: [ValidationError, AudienceNotFound, VersionNotFound, VersionNotRetained]
    })
      .annotate(OpenApi.Summary, "List the members as of a version")
      .annotateMerge(extension("who was in it then, as they are now, those who were archived since among them.")),
    HttpApiEndpoint.get("snapshots", "/snapshots", {
      params,
      success: Schema.Array(Snapshot),
      error: AudienceNotFound
    })
      .annotate(OpenApi.Summary, "List the snapshots")
      .annotateMerge(extension("newest first.")),
    HttpApiEndpoint.post("snapshot", "/snapshots", {
      params,
      payload: SnapshotCreate,
      success: Snapshot,
      error: [ValidationError, AudienceNotFound, NoMembershipYet, SnapshotNameTaken]
    })
      .annotate(OpenApi.Summary, "Keep the present membership under a name")
      .annotateMerge(extension("its version never changes, and is kept for good."))
  )
  .prefix("/audiences/:audienceId")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(OpenApi.annotations({ title: "Versions", description: "Who was in an audience, and when" })) {}

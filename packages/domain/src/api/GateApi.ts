import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AudienceNotFound } from "../Audience.ts"
import { AudienceId } from "../AudienceId.ts"
import { ConsumerId, ConsumerNotFound } from "../Consumer.ts"
import { MemberCheck, memberCheckQuery, MembersCheck, MembersChecked } from "../MemberCheck.ts"
import { MemberExplanation } from "../MemberExplanation.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

export class GateApi extends HttpApiGroup.make("gate")
  .add(
    HttpApiEndpoint.get("check", "/:consumerId", {
      params: { audienceId: AudienceId, consumerId: ConsumerId },
      query: memberCheckQuery,
      success: MemberCheck,
      error: [ValidationError, AudienceNotFound, ConsumerNotFound]
    })
      .annotate(OpenApi.Summary, "Check whether a consumer is a member")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Extension: IN, OUT or UNKNOWN, and as of when. Answered from memory; without the database, as it was last known."
        })
      ),
    HttpApiEndpoint.get("explain", "/:consumerId/explain", {
      params: { audienceId: AudienceId, consumerId: ConsumerId },
      success: MemberExplanation,
      error: [AudienceNotFound, ConsumerNotFound]
    })
      .annotate(OpenApi.Summary, "Explain why a consumer is a member or not")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Extension: the truth of every rule and the value it looked at, since when the consumer is in or out, and the smallest change that would flip it."
        })
      ),
    HttpApiEndpoint.post("checkAll", "/check", {
      params: { audienceId: AudienceId },
      query: memberCheckQuery,
      payload: MembersCheck,
      success: MembersChecked,
      error: [ValidationError, AudienceNotFound]
    })
      .annotate(OpenApi.Summary, "Check up to 1000 people")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Extension: as the check of one consumer, by id, email, phone or external id. A person whom nobody knows is OUT."
        })
      )
  )
  .prefix("/audiences/:audienceId/members")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(
    OpenApi.annotations({ title: "Gate", description: "Whether somebody is in an audience, right now" })
  ) {}

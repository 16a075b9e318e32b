import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AudienceGroupArchived, AudienceGroupId, AudienceGroupNotFound } from "../AudienceGroup.ts"
import { ConsumerId, ConsumerNotFound } from "../Consumer.ts"
import { RfmExplanation, RfmGroup, RfmInput } from "../Rfm.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

const params = { groupId: AudienceGroupId }

export class RfmApi extends HttpApiGroup.make("rfm")
  .add(
    HttpApiEndpoint.post("create", "/", { payload: RfmInput, success: RfmGroup, error: ValidationError })
      .annotate(OpenApi.Summary, "Segment consumers by recency, frequency and amount")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Extension: an audience of type DYNAMIC for each segment of the map, over ranks that a scoring writes; it is asked for at once."
        })
      ),
    HttpApiEndpoint.get("get", "/:groupId", { params, success: RfmGroup, error: AudienceGroupNotFound })
      .annotate(OpenApi.Summary, "Read an RFM segmentation")
      .annotateMerge(
        OpenApi.annotations({ description: "Extension: its segments, the method, and the latest scoring." })
      ),
    HttpApiEndpoint.put("replace", "/:groupId", {
      params,
      payload: RfmInput,
      success: RfmGroup,
      error: [ValidationError, AudienceGroupNotFound, AudienceGroupArchived]
    })
      .annotate(OpenApi.Summary, "Replace the map and the method of an RFM segmentation")
      .annotateMerge(
        OpenApi.annotations({ description: "Extension: segments are matched by name; a scoring is asked for." })
      ),
    HttpApiEndpoint.post("run", "/:groupId/runs", {
      params,
      success: RfmGroup,
      error: [AudienceGroupNotFound, AudienceGroupArchived]
    })
      .annotate(OpenApi.Summary, "Score all consumers now")
      .annotateMerge(
        OpenApi.annotations({ description: "Extension: answers at once, while the scoring is in progress." })
      ),
    HttpApiEndpoint.get("explain", "/:groupId/consumers/:consumerId", {
      params: { groupId: AudienceGroupId, consumerId: ConsumerId },
      success: RfmExplanation,
      error: [AudienceGroupNotFound, ConsumerNotFound]
    })
      .annotate(OpenApi.Summary, "Explain the ranks of a consumer")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Extension: the ranks, and the values that the latest scoring cuts: of its source, within its window, up to its reference instant."
        })
      )
  )
  .prefix("/audiences/rfm")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(
    OpenApi.annotations({ title: "RFM", description: "Segments by recency, frequency and amount of orders" })
  ) {}

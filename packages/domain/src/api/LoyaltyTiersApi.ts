import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AudienceGroupArchived, AudienceGroupId, AudienceGroupNotFound } from "../AudienceGroup.ts"
import { LoyaltyTiersInput, LoyaltyTiersResult } from "../LoyaltyTier.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

export class LoyaltyTiersApi extends HttpApiGroup.make("loyaltyTiers")
  .add(
    HttpApiEndpoint.post("create", "/", {
      payload: LoyaltyTiersInput,
      success: LoyaltyTiersResult,
      error: ValidationError
    }).annotate(OpenApi.Summary, "Create the tiers of a loyalty programme"),
    HttpApiEndpoint.put("replace", "/:groupId", {
      params: { groupId: AudienceGroupId },
      payload: LoyaltyTiersInput,
      success: LoyaltyTiersResult,
      error: [ValidationError, AudienceGroupNotFound, AudienceGroupArchived]
    }).annotate(OpenApi.Summary, "Replace the tiers of a loyalty programme")
  )
  .prefix("/audiences/loyalty-tiers")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(OpenApi.annotations({ title: "Loyalty tiers", description: "Ranges of a value, an audience each" })) {}

import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Activity, ActivityConflict, ActivityInput, historyQuery, Timeline } from "../Activity.ts"
import { ConsumerArchived, ConsumerId, ConsumerNotFound } from "../Consumer.ts"
import {
  LoyaltyHistory,
  LoyaltyTransaction,
  LoyaltyTransactionConflict,
  LoyaltyTransactionInput
} from "../LoyaltyTransaction.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

const params = { id: ConsumerId }

export class HistoryApi extends HttpApiGroup.make("history")
  .add(
    HttpApiEndpoint.get("timeline", "/timeline", {
      params,
      query: historyQuery,
      success: Timeline,
      error: [ValidationError, ConsumerNotFound]
    }).annotate(OpenApi.Summary, "What a consumer did"),
    HttpApiEndpoint.post("addActivity", "/activities", {
      params,
      payload: ActivityInput,
      success: Activity,
      error: [ValidationError, ConsumerNotFound, ConsumerArchived, ActivityConflict]
    })
      .annotate(OpenApi.Summary, "Record an activity")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Extension: adds to the timeline, to totalMessages (a MESSAGE) or to totalEngagements and lastEngagedAt (everything else). The same id again changes nothing."
        })
      ),
    HttpApiEndpoint.get("loyaltyTransactions", "/loyalty-transactions", {
      params,
      query: historyQuery,
      success: LoyaltyHistory,
      error: [ValidationError, ConsumerNotFound]
    }).annotate(OpenApi.Summary, "How a consumer's loyalty points moved"),
    HttpApiEndpoint.post("addLoyaltyTransaction", "/loyalty-transactions", {
      params,
      payload: LoyaltyTransactionInput,
      success: LoyaltyTransaction,
      error: [ValidationError, ConsumerNotFound, ConsumerArchived, LoyaltyTransactionConflict]
    })
      .annotate(OpenApi.Summary, "Move loyalty points")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Extension: keeps loyaltyBalance, loyaltyLifetimePoints and loyaltyLastActivityAt true. The same id again changes nothing."
        })
      )
  )
  .prefix("/consumers/:id")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(OpenApi.annotations({ title: "History", description: "What happened with a consumer" })) {}

import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Audience } from "../Audience.ts"
import {
  Consumer,
  consumerArchiveQuery,
  ConsumerArchived,
  ConsumerFull,
  ConsumerId,
  consumerListQuery,
  ConsumerNotFound,
  ConsumerPage,
  ConsumersCreate,
  ConsumerUpdate
} from "../Consumer.ts"
import { Distribution, distributionQuery } from "../Distribution.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

const params = { id: ConsumerId }

export class ConsumersApi extends HttpApiGroup.make("consumers")
  .add(
    HttpApiEndpoint.get("list", "/", {
      query: consumerListQuery,
      success: ConsumerPage,
      error: ValidationError
    }).annotate(OpenApi.Summary, "List consumers"),
    HttpApiEndpoint.post("batch", "/batch", {
      payload: ConsumersCreate,
      success: Schema.Array(Consumer),
      error: ValidationError
    }).annotate(OpenApi.Summary, "Create or merge up to 500 consumers"),
    HttpApiEndpoint.get("distribution", "/distribution", {
      query: distributionQuery,
      success: Distribution,
      error: ValidationError
    })
      .annotate(OpenApi.Summary, "How the values of a field are spread")
      .annotateMerge(
        OpenApi.annotations({ description: "With `suggest` (extension) also where tiers of the field could be cut." })
      ),
    HttpApiEndpoint.get("get", "/:id", { params, success: ConsumerFull, error: ConsumerNotFound }).annotate(
      OpenApi.Summary,
      "Read a consumer"
    ),
    HttpApiEndpoint.put("update", "/:id", {
      params,
      payload: ConsumerUpdate,
      success: Consumer,
      error: [ValidationError, ConsumerNotFound, ConsumerArchived]
    }).annotate(OpenApi.Summary, "Change a consumer"),
    HttpApiEndpoint.delete("archive", "/:id", {
      params,
      query: consumerArchiveQuery,
      success: Consumer,
      error: [ValidationError, ConsumerNotFound]
    })
      .annotate(OpenApi.Summary, "Archive a consumer")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "The consumer leaves every audience at once. With the extension `erase=true`, attributes, orders, activities and loyalty transactions are removed for good; the id stays, and says nothing. An archived consumer can be erased, too."
        })
      ),
    HttpApiEndpoint.get("audiences", "/:id/audiences", {
      params,
      success: Schema.Array(Audience),
      error: ConsumerNotFound
    }).annotate(OpenApi.Summary, "List the audiences a consumer is in")
  )
  .prefix("/consumers")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(
    OpenApi.annotations({ title: "Consumers", description: "People with attributes, orders and loyalty points" })
  ) {}

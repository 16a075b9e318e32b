import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Audience } from "../Audience.ts"
import {
  Consumer,
  ConsumerArchived,
  ConsumerFull,
  ConsumerId,
  consumerListQuery,
  ConsumerNotFound,
  ConsumerPage,
  ConsumersCreate,
  ConsumerUpdate
} from "../Consumer.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

const params = { id: ConsumerId }

export class ConsumersApi extends HttpApiGroup.make("consumers")
  .add(
    HttpApiEndpoint.get("list", "/", { query: consumerListQuery, success: ConsumerPage, error: ValidationError }),
    HttpApiEndpoint.post("batch", "/batch", {
      payload: ConsumersCreate,
      success: Schema.Array(Consumer),
      error: ValidationError
    }),
    HttpApiEndpoint.get("get", "/:id", { params, success: ConsumerFull, error: ConsumerNotFound }),
    HttpApiEndpoint.put("update", "/:id", {
      params,
      payload: ConsumerUpdate,
      success: Consumer,
      error: [ValidationError, ConsumerNotFound, ConsumerArchived]
    }),
    HttpApiEndpoint.delete("archive", "/:id", { params, success: Consumer, error: ConsumerNotFound }),
    HttpApiEndpoint.get("audiences", "/:id/audiences", {
      params,
      success: Schema.Array(Audience),
      error: ConsumerNotFound
    })
  )
  .prefix("/consumers")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(
    OpenApi.annotations({ title: "Consumers", description: "People with attributes, orders and loyalty points" })
  ) {}

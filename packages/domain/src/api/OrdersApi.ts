import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { OrdersBatch, OrdersWritten } from "../Order.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

export class OrdersApi extends HttpApiGroup.make("orders")
  .add(
    HttpApiEndpoint.post("batch", "/batch", {
      payload: OrdersBatch,
      success: OrdersWritten,
      error: ValidationError
    })
      .annotate(OpenApi.Summary, "Record up to 500 orders")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Extension: records orders, all or none, and keeps totalOrders, ltv, aov and lastOrderAt of their consumers true. The same orderId again replaces the order, and takes it away from another consumer."
        })
      )
  )
  .prefix("/orders")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(OpenApi.annotations({ title: "Orders", description: "What consumers bought" })) {}

import { HttpApiGroup, OpenApi } from "effect/http-api"
import { Authorization } from "./Authorization.ts"
import { latestFile, oneFile, openFile } from "./FileImportEndpoints.ts"
import { Refusals } from "./Refusals.ts"

export class OrderImportsApi extends HttpApiGroup.make("orderImports")
  .add(
    openFile.annotate(OpenApi.Summary, "Open an import of orders").annotateMerge(
      OpenApi.annotations({
        description:
          "Extension: PUT a CSV file to `uploadUrl`, one order a line, with the columns orderId, orderedAt, total and at least one of " +
          "email, phone, externalId. Other columns are passed over. The same orderId again replaces the order; of two lines of one " +
          "order the last one counts. Consumers have to be known. Their totals stay true, as with `POST /orders/batch`."
      })
    ),
    latestFile.annotate(OpenApi.Summary, "Read the latest import of orders"),
    oneFile.annotate(OpenApi.Summary, "Read an import of orders")
  )
  .prefix("/orders")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(OpenApi.annotations({ title: "Imports of orders", description: "CSV files of orders" })) {}

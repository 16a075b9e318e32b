import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import {
  FileImport,
  ImportChangesUnknown,
  ImportDryRun,
  ImportId,
  ImportNotFound,
  ImportUndone,
  ImportUndoExpired,
  ImportUnfinished,
  OrderImportUndoRefused
} from "../Import.ts"
import { Authorization } from "./Authorization.ts"
import { allFiles, cancelFile, fileErrors, latestFile, oneFile, openFile } from "./FileImportEndpoints.ts"
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
    allFiles.annotate(OpenApi.Summary, "List the imports of orders"),
    oneFile.annotate(OpenApi.Summary, "Read an import of orders"),
    fileErrors.annotate(OpenApi.Summary, "Download the rejected rows of an import of orders"),
    cancelFile.annotate(OpenApi.Summary, "Cancel an import of orders"),
    HttpApiEndpoint.post("undo", "/imports/:importId/undo", {
      params: { importId: ImportId },
      success: FileImport,
      error: [
        ImportNotFound,
        ImportUnfinished,
        ImportUndone,
        ImportUndoExpired,
        ImportDryRun,
        ImportChangesUnknown,
        OrderImportUndoRefused
      ]
    })
      .annotate(OpenApi.Summary, "Undo an import of orders")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Extension: orders that an import, which has ended, created disappear; those it changed are again as they were, and the " +
            "totals of consumers follow. Refused where that would lose what was written since, naming the orders. A large one goes on " +
            "behind the answer, until `undoneAt` is set."
        })
      )
  )
  .prefix("/orders")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(OpenApi.annotations({ title: "Imports of orders", description: "CSV files of orders" })) {}

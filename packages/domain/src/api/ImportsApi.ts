import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AudienceArchived, AudienceNotFound } from "../Audience.ts"
import { AudienceId } from "../AudienceId.ts"
import {
  Import,
  ImportDryRun,
  ImportEnded,
  ImportId,
  importListQuery,
  ImportNotFound,
  ImportPage,
  importQuery,
  ImportUndone,
  ImportUndoExpired,
  ImportUndoRefused,
  ImportUnfinished,
  ImportWithUpload
} from "../Import.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { rejectedRowsCsv, said } from "./FileImportEndpoints.ts"
import { Refusals } from "./Refusals.ts"

const params = { audienceId: AudienceId }
const oneImport = { audienceId: AudienceId, importId: ImportId }

export class ImportsApi extends HttpApiGroup.make("imports")
  .add(
    HttpApiEndpoint.post("create", "/import", {
      params,
      query: importQuery,
      success: ImportWithUpload,
      error: [ValidationError, AudienceNotFound, AudienceArchived]
    })
      .annotate(OpenApi.Summary, "Open an import")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Opens an import. PUT the CSV file as text/csv to `uploadUrl`; the import starts when it has arrived."
        })
      ),
    HttpApiEndpoint.get("latest", "/import", {
      params,
      success: Import,
      error: [AudienceNotFound, ImportNotFound]
    }).annotate(OpenApi.Summary, "Read the latest import"),
    HttpApiEndpoint.get("list", "/imports", {
      params,
      query: importListQuery,
      success: ImportPage,
      error: [ValidationError, AudienceNotFound]
    })
      .annotate(OpenApi.Summary, "List the imports")
      .annotateMerge(said.list),
    HttpApiEndpoint.get("get", "/imports/:importId", {
      params: oneImport,
      success: Import,
      error: [AudienceNotFound, ImportNotFound]
    })
      .annotate(OpenApi.Summary, "Read an import")
      .annotateMerge(
        OpenApi.annotations({ description: "Extension: any import of the audience, not only the latest." })
      ),
    HttpApiEndpoint.get("errors", "/imports/:importId/errors.csv", {
      params: oneImport,
      success: rejectedRowsCsv,
      error: [AudienceNotFound, ImportNotFound, ImportUnfinished]
    })
      .annotate(OpenApi.Summary, "Download the rejected rows")
      .annotateMerge(said.errors),
    HttpApiEndpoint.post("cancel", "/imports/:importId/cancel", {
      params: oneImport,
      success: Import,
      error: [AudienceNotFound, ImportNotFound, ImportEnded]
    })
      .annotate(OpenApi.Summary, "Cancel an import")
      .annotateMerge(said.cancel),
    HttpApiEndpoint.post("undo", "/imports/:importId/undo", {
      params: oneImport,
      success: Import,
      error: [
        AudienceNotFound,
        AudienceArchived,
        ImportNotFound,
        ImportUnfinished,
        ImportUndone,
        ImportUndoExpired,
        ImportDryRun,
        ImportUndoRefused
      ]
    })
      .annotate(OpenApi.Summary, "Undo an import")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Extension: puts consumers and members back to what they were before an import that has ended. Whom it created is archived. " +
            "Refused where that would lose what was written since, naming the consumers, and after `undoableUntil`. A large one goes on behind the answer, until " +
            "`undoneAt` is set."
        })
      )
  )
  .prefix("/audiences/:audienceId")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(OpenApi.annotations({ title: "Imports", description: "CSV files of consumers" })) {}

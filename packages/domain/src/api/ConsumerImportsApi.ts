import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import {
  FileImport,
  ImportDryRun,
  ImportId,
  ImportNotFound,
  ImportUndone,
  ImportUndoExpired,
  ImportUndoRefused,
  ImportUnfinished
} from "../Import.ts"
import { Authorization } from "./Authorization.ts"
import { allFiles, cancelFile, fileErrors, latestFile, oneFile, openFile } from "./FileImportEndpoints.ts"
import { Refusals } from "./Refusals.ts"

export class ConsumerImportsApi extends HttpApiGroup.make("consumerImports")
  .add(
    openFile.annotate(OpenApi.Summary, "Open an import of consumers").annotateMerge(
      OpenApi.annotations({
        description: "Extension: as the import of an audience, but nobody becomes a member of anything."
      })
    ),
    latestFile.annotate(OpenApi.Summary, "Read the latest import of consumers"),
    allFiles.annotate(OpenApi.Summary, "List the imports of consumers"),
    oneFile.annotate(OpenApi.Summary, "Read an import of consumers"),
    fileErrors.annotate(OpenApi.Summary, "Download the rejected rows of an import of consumers"),
    cancelFile.annotate(OpenApi.Summary, "Cancel an import of consumers"),
    HttpApiEndpoint.post("undo", "/imports/:importId/undo", {
      params: { importId: ImportId },
      success: FileImport,
      error: [ImportNotFound, ImportUnfinished, ImportUndone, ImportUndoExpired, ImportDryRun, ImportUndoRefused]
    })
      .annotate(OpenApi.Summary, "Undo an import of consumers")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Extension: puts consumers back to what they were before an import that has ended. Whom it created is archived. Refused " +
            "where that would lose what was written since, naming the consumers. A large one goes on behind the answer, until " +
            "`undoneAt` is set."
        })
      )
  )
  .prefix("/consumers")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(
    OpenApi.annotations({ title: "Imports of consumers", description: "CSV files of consumers, without an audience" })
  ) {}

import { HttpApiGroup, OpenApi } from "effect/http-api"
import { Authorization } from "./Authorization.ts"
import { latestFile, oneFile, openFile } from "./FileImportEndpoints.ts"
import { Refusals } from "./Refusals.ts"

export class ConsumerImportsApi extends HttpApiGroup.make("consumerImports")
  .add(
    openFile.annotate(OpenApi.Summary, "Open an import of consumers").annotateMerge(
      OpenApi.annotations({
        description: "Extension: as the import of an audience, but nobody becomes a member of anything."
      })
    ),
    latestFile.annotate(OpenApi.Summary, "Read the latest import of consumers"),
    oneFile.annotate(OpenApi.Summary, "Read an import of consumers")
  )
  .prefix("/consumers")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(
    OpenApi.annotations({ title: "Imports of consumers", description: "CSV files of consumers, without an audience" })
  ) {}

import { HttpApiEndpoint, OpenApi } from "effect/http-api"
import { FileImport, FileImportWithUpload, ImportId, ImportNotFound, importQuery } from "../Import.ts"
import { ValidationError } from "../ValidationError.ts"

/** How files are imported that are of no audience. */
export const openFile = HttpApiEndpoint.post("create", "/import", {
  query: importQuery,
  success: FileImportWithUpload,
  error: ValidationError
})

export const latestFile = HttpApiEndpoint.get("latest", "/import", {
  success: FileImport,
  error: ImportNotFound
}).annotateMerge(OpenApi.annotations({ description: "Extension: how the import that was opened last gets on." }))

export const oneFile = HttpApiEndpoint.get("get", "/imports/:importId", {
  params: { importId: ImportId },
  success: FileImport,
  error: ImportNotFound
}).annotateMerge(OpenApi.annotations({ description: "Extension: any import, not only the latest." }))

import { HttpApiEndpoint, HttpApiSchema, OpenApi } from "effect/http-api"
import {
  FileImport,
  FileImportPage,
  FileImportWithUpload,
  ImportEnded,
  ImportId,
  importListQuery,
  ImportNotFound,
  importQuery,
  ImportUnfinished
} from "../Import.ts"
import { ValidationError } from "../ValidationError.ts"

/** The rejected rows of any import. */
export const rejectedRowsCsv = HttpApiSchema.StreamUint8Array({ contentType: "text/csv" })

/** What is said of operations that imports of any target have. */
export const said = {
  list: OpenApi.annotations({ description: "Extension: newest first, without the errors of their rows." }),
  errors: OpenApi.annotations({
    description:
      "Extension: every rejected row as it stood in the file, under the file's header and with its delimiter, behind a column " +
      "`import_error` that says why. Mend it and upload it: an import passes over that column."
  }),
  cancel: OpenApi.annotations({
    description:
      "Extension: stops an import that is PENDING or PROCESSING. It is FAILED from then on; what it has done stays. Cancelling " +
      "again changes nothing."
  })
}

const params = { importId: ImportId }

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

export const allFiles = HttpApiEndpoint.get("list", "/imports", {
  query: importListQuery,
  success: FileImportPage,
  error: ValidationError
}).annotateMerge(said.list)

export const oneFile = HttpApiEndpoint.get("get", "/imports/:importId", {
  params,
  success: FileImport,
  error: ImportNotFound
}).annotateMerge(OpenApi.annotations({ description: "Extension: any import, not only the latest." }))

export const fileErrors = HttpApiEndpoint.get("errors", "/imports/:importId/errors.csv", {
  params,
  success: rejectedRowsCsv,
  error: [ImportNotFound, ImportUnfinished]
}).annotateMerge(said.errors)

export const cancelFile = HttpApiEndpoint.post("cancel", "/imports/:importId/cancel", {
  params,
  success: FileImport,
  error: [ImportNotFound, ImportEnded]
}).annotateMerge(said.cancel)

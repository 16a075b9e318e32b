import { Schema } from "effect"
import { Text } from "./Scalar.ts"

/** The vendor is asked for each of them while the caller waits. */
export const maxImportedLists = 100

/** The lists of a vendor to take over, each as an audience of its own. */
export const VendorImport = Schema.Struct({
  listIds: Schema.Array(Text).check(
    Schema.isMaxLength(maxImportedLists, { message: `At most ${maxImportedLists} lists at a time` })
  )
}).annotate({ identifier: "VendorImport" })
export type VendorImport = typeof VendorImport.Type

export const VendorImportedList = Schema.Struct({
  listId: Schema.String,
  syncSourceId: Schema.String,
  status: Schema.Literal("PENDING")
}).annotate({ identifier: "VendorImportedList" })

export const VendorSkippedList = Schema.Struct({
  listId: Schema.String,
  reason: Schema.String,
  existingAudienceId: Schema.optionalKey(Schema.NullOr(Schema.String))
}).annotate({ identifier: "VendorSkippedList" })

export const VendorImportResult = Schema.Struct({
  imported: Schema.Array(VendorImportedList),
  skipped: Schema.Array(VendorSkippedList)
}).annotate({ identifier: "VendorImportResult" })
export type VendorImportResult = typeof VendorImportResult.Type

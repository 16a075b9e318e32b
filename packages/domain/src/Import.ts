import { Schema } from "effect"
import { AudienceId } from "./AudienceId.ts"
import { ColumnMapping } from "./ColumnMapping.ts"
import { ConsumerId } from "./Consumer.ts"
import { errorFields, errorFieldsOpen } from "./Errors.ts"
import { Instant } from "./Instant.ts"
import { OrganizationId } from "./Organization.ts"
import { BooleanFromString, pageOf, pageQuery } from "./Page.ts"
import { UuidText } from "./Scalar.ts"

export const ImportId = UuidText.pipe(Schema.brand("ImportId"))
export type ImportId = typeof ImportId.Type

export const ImportStatus = Schema.Literals(["PENDING", "PROCESSING", "COMPLETED", "FAILED"]).annotate({
  identifier: "ImportStatus"
})
export type ImportStatus = typeof ImportStatus.Type

/** `upsert` creates and updates; `create` rejects rows of people who are known, `update` rows of people who are not. */
export const ImportMode = Schema.Literals(["upsert", "create", "update"]).annotate({ identifier: "ImportMode" })
export type ImportMode = typeof ImportMode.Type

/** Why a row was refused. `row` is the line's number as an editor shows it, the header being line 1. */
export const ImportRowError = Schema.Struct({
  row: Schema.Finite,
  issues: Schema.Array(Schema.Unknown)
}).annotate({ identifier: "ImportRowError" })
export type ImportRowError = typeof ImportRowError.Type

/** A row after which another of the same person followed: `keptRow`, which has what both say. Lines, as in `ImportRowError`. */
export const ImportDuplicate = Schema.Struct({
  row: Schema.Finite,
  keptRow: Schema.Finite
}).annotate({ identifier: "ImportDuplicate" })

/** A file of consumers on its way into an audience. */
export const Import = Schema.Struct({
  id: ImportId,
  organizationId: OrganizationId,
  audienceId: AudienceId,
  status: ImportStatus,
  /** 0 to 100. */
  progress: Schema.Finite,
  /** Rows in the file; null until they are counted. */
  totalConsumers: Schema.optionalKey(Schema.NullOr(Schema.Finite)),
  processedConsumers: Schema.Finite,
  errorCount: Schema.Finite,
  /**
   * What became of the processed rows; they add up to `processedConsumers` at every moment. Of a person's rows the last one counts as
   * created, updated or unchanged, the earlier ones as duplicates. Extensions, as `mode` and `dryRun`.
   */
  createdRows: Schema.optionalKey(Schema.Finite),
  updatedRows: Schema.optionalKey(Schema.Finite),
  unchangedRows: Schema.optionalKey(Schema.Finite),
  duplicateRows: Schema.optionalKey(Schema.Finite),
  /** The first 200. */
  duplicates: Schema.optionalKey(Schema.Array(ImportDuplicate)),
  rejectedRows: Schema.optionalKey(Schema.Finite),
  mode: Schema.optionalKey(ImportMode),
  /** Nothing is written: the counts and errors are those that an import would have. */
  dryRun: Schema.optionalKey(Schema.Boolean),
  /** The first 200. */
  errors: Schema.optionalKey(Schema.NullOr(Schema.Array(ImportRowError))),
  s3Key: Schema.String,
  /** The file is read as `spreadsheet=true` exports are written. An extension. */
  spreadsheet: Schema.optionalKey(Schema.Boolean),
  /** What was said of the file's columns. An extension. */
  mapping: Schema.optionalKey(Schema.NullOr(ColumnMapping)),
  /** Why the import as a whole FAILED. An extension. */
  failureReason: Schema.optionalKey(Schema.NullOr(Schema.String)),
  /** When somebody stopped it; its status is FAILED since. An extension. */
  cancelledAt: Schema.optionalKey(Schema.NullOr(Instant)),
  /** When somebody began to undo it, and when nothing of it was left. Extensions. */
  undoStartedAt: Schema.optionalKey(Schema.NullOr(Instant)),
  undoneAt: Schema.optionalKey(Schema.NullOr(Instant)),
  /** Until when it can be undone. Null: there is nothing to undo (yet), or no end to it. An extension. */
  undoableUntil: Schema.optionalKey(Schema.NullOr(Instant)),
  /** Consumers that were written while it was being undone, and are left as they are. An extension. */
  undoSkipped: Schema.optionalKey(Schema.Finite),
  archived: Schema.Boolean,
  createdAt: Instant,
  createdBy: Schema.String,
  updatedAt: Schema.optionalKey(Schema.NullOr(Instant)),
  updatedBy: Schema.optionalKey(Schema.NullOr(Schema.String))
}).annotate({ identifier: "Import" })
export type Import = typeof Import.Type

export const ImportPage = pageOf(Import).annotate({ identifier: "ImportPage" })

/** Newest first. */
export const importListQuery = {
  ...pageQuery,
  status: Schema.optionalKey(ImportStatus)
}
export type ImportListQuery = Schema.Struct.Type<typeof importListQuery>

export const importQuery = {
  mode: Schema.optionalKey(ImportMode),
  /** Writes nothing, and reports what would happen. */
  dryRun: Schema.optionalKey(BooleanFromString),
  /** Takes off the apostrophes that an export with `spreadsheet=true` has put before formulas. */
  spreadsheet: Schema.optionalKey(BooleanFromString),
  /** As JSON: `{"column": "field"}` says what columns are whose names do not say it; null leaves a column out. */
  mapping: Schema.optionalKey(Schema.fromJsonString(ColumnMapping))
}
export type ImportQuery = Schema.Struct.Type<typeof importQuery>

const { audienceId: _audienceId, ...fileFields } = Import.fields

/**
 * A file of consumers, or of orders, on its way into the organization. An extension. What an `Import` says of consumers it says of the
 * file's rows.
 */
export const FileImport = Schema.Struct(fileFields).annotate({ identifier: "FileImport" })
export type FileImport = typeof FileImport.Type

export const FileImportPage = pageOf(FileImport).annotate({ identifier: "FileImportPage" })

export const FileImportWithUpload = Schema.Struct({ ...fileFields, uploadUrl: Schema.String }).annotate({
  identifier: "FileImportWithUpload"
})
export type FileImportWithUpload = typeof FileImportWithUpload.Type

/** `uploadUrl` takes the file by PUT; it is signed, lives one hour and needs no key. */
export const ImportWithUpload = Schema.Struct({
  ...Import.fields,
  uploadUrl: Schema.String
}).annotate({ identifier: "ImportWithUpload" })
export type ImportWithUpload = typeof ImportWithUpload.Type

export class ImportNotFound extends Schema.Error<ImportNotFound>("ImportNotFound")(
  errorFields("ImportNotFound", "Import not found"),
  { httpApiStatus: 404 }
) {}

/** There is nothing left to cancel. */
export class ImportEnded extends Schema.Error<ImportEnded>("ImportEnded")(
  errorFields("ImportEnded", "Import has already ended"),
  { httpApiStatus: 409 }
) {}

/** Which rows are refused is known when all have been looked at. */
export class ImportUnfinished extends Schema.Error<ImportUnfinished>("ImportUnfinished")(
  errorFields("ImportUnfinished", "Import has not ended yet"),
  { httpApiStatus: 409 }
) {}

/** It is undone, or is being undone: that happens once. */
export class ImportUndone extends Schema.Error<ImportUndone>("ImportUndone")(
  errorFields("ImportUndone", "Import has already been undone"),
  { httpApiStatus: 409 }
) {}

/** What undoing takes is kept for the days that the organization has set. */
export class ImportUndoExpired extends Schema.Error<ImportUndoExpired>("ImportUndoExpired")(
  errorFields("ImportUndoExpired", "Import is too old to be undone: what that takes is no longer kept"),
  { httpApiStatus: 409 }
) {}

export class ImportDryRun extends Schema.Error<ImportDryRun>("ImportDryRun")(
  errorFields("ImportDryRun", "Import was a dry run: there is nothing to undo"),
  { httpApiStatus: 409 }
) {}

/**
 * Why a consumer cannot be put back. CHANGED: it was written since. LISTED: the import created it, and it was put into another list
 * since, or into this one by others. TAKEN: somebody else has an email, phone or external id that it had before.
 */
export const ImportUndoConflict = Schema.Struct({
  consumerId: ConsumerId,
  reason: Schema.Literals(["CHANGED", "LISTED", "TAKEN"])
}).annotate({ identifier: "ImportUndoConflict" })
export type ImportUndoConflict = typeof ImportUndoConflict.Type

/** What was written since would be lost. Nothing is undone. */
export class ImportUndoRefused extends Schema.Error<ImportUndoRefused>("ImportUndoRefused")(
  {
    ...errorFieldsOpen("ImportUndoRefused", "Import cannot be undone: what was written since would be lost"),
    /** The first 100. */
    conflicts: Schema.Array(ImportUndoConflict),
    conflictCount: Schema.Finite
  },
  { httpApiStatus: 409 }
) {}

/**
 * Why an order cannot be put back. CHANGED: it was written since. TOO_MUCH: together with it, its consumer would have bought more than
 * can be kept.
 */
export const OrderUndoConflict = Schema.Struct({
  orderId: Schema.String,
  reason: Schema.Literals(["CHANGED", "TOO_MUCH"])
}).annotate({ identifier: "OrderUndoConflict" })
export type OrderUndoConflict = typeof OrderUndoConflict.Type

/** What was written of orders since would be lost. Nothing is undone. */
export class OrderImportUndoRefused extends Schema.Error<OrderImportUndoRefused>("OrderImportUndoRefused")(
  {
    ...errorFieldsOpen("OrderImportUndoRefused", "Import cannot be undone: what was written since would be lost"),
    /** The first 100. */
    conflicts: Schema.Array(OrderUndoConflict),
    conflictCount: Schema.Finite
  },
  { httpApiStatus: 409 }
) {}

/** It was begun by a version that did not keep what files of orders change. */
export class ImportChangesUnknown extends Schema.Error<ImportChangesUnknown>("ImportChangesUnknown")(
  errorFields("ImportChangesUnknown", "Import cannot be undone: what it changed was not kept"),
  { httpApiStatus: 409 }
) {}

/** The upload URL was tampered with, is over, or has been used. */
export class UploadRefused extends Schema.Error<UploadRefused>("UploadRefused")(
  errorFieldsOpen("UploadRefused", "Upload URL is not valid"),
  { httpApiStatus: 403 }
) {}

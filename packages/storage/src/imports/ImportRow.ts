import { ColumnMapping } from "@audiences/domain/ColumnMapping"
import { Import, ImportDuplicate, ImportMode, ImportRowError } from "@audiences/domain/Import"
import type { AnyImport } from "@audiences/engine/imports/ImportRepo"
import { Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { undoEnds } from "./undo/UndoRetentionRepoSql.ts"

/** How many of a file's errors, and of its duplicates, travel with its import. */
const errorLimit = 200

/** An import as `importColumns` reads it. */
export const ImportRow = Schema.Struct({
  id: Import.fields.id,
  organizationId: Import.fields.organizationId,
  /** Null: the file is of consumers, or of orders, without an audience. */
  audienceId: Schema.NullOr(Import.fields.audienceId),
  status: Import.fields.status,
  s3Key: Schema.String,
  uploadExpiresAt: Schema.DateTimeUtcFromDate,
  fileSize: Schema.NullOr(Schema.Finite),
  stagedBytes: Schema.Finite,
  totalRows: Schema.NullOr(Schema.Finite),
  processedRows: Schema.Finite,
  createdRows: Schema.Finite,
  updatedRows: Schema.Finite,
  unchangedRows: Schema.Finite,
  duplicateRows: Schema.Finite,
  rejectedRows: Schema.Finite,
  mode: ImportMode,
  dryRun: Schema.Boolean,
  /** Absent where they were not asked for. */
  errors: Schema.optionalKey(Schema.Array(ImportRowError)),
  duplicates: Schema.optionalKey(Schema.Array(ImportDuplicate)),
  failureReason: Schema.NullOr(Schema.String),
  cancelledAt: Schema.NullOr(Schema.DateTimeUtcFromDate),
  undoStartedAt: Schema.NullOr(Schema.DateTimeUtcFromDate),
  undoneAt: Schema.NullOr(Schema.DateTimeUtcFromDate),
  undoableUntil: Schema.NullOr(Schema.DateTimeUtcFromDate),
  undoSkipped: Schema.Finite,
  spreadsheet: Schema.Boolean,
  mapping: Schema.NullOr(ColumnMapping),
  archived: Schema.Boolean,
  createdAt: Schema.DateTimeUtcFromDate,
  createdBy: Schema.String,
  updatedAt: Schema.NullOr(Schema.DateTimeUtcFromDate),
  updatedBy: Schema.NullOr(Schema.String)
})
export type ImportRow = typeof ImportRow.Type

/** What to select from `imports AS i` for an `ImportRow` without its errors. */
export const importColumns = (sql: SqlClient.SqlClient) =>
  sql`
    i.id, i.organization_id, i.audience_id, i.status, i.s3_key, i.upload_expires_at, i.file_size::float8, i.staged_bytes::float8, i.total_rows::float8, i.processed_rows::float8,
    i.created_rows::float8, i.updated_rows::float8, i.unchanged_rows::float8, i.duplicate_rows::float8, i.rejected_rows::float8, i.mode, i.dry_run,
    i.failure_reason, i.cancelled_at, i.undo_started_at, i.undone_at, i.undo_skipped::float8,
    CASE WHEN NOT i.dry_run AND i.undo_started_at IS NULL THEN ${sql.literal(undoEnds)} END AS undoable_until, i.spreadsheet, i.mapping, i.archived, i.created_at, i.created_by, i.updated_at, i.updated_by`

/** How far an import has come, as `importStanding` reads it. */
export const ImportStandingRow = Schema.Struct({
  status: Import.fields.status,
  s3Key: Schema.String,
  fileSize: Schema.NullOr(Schema.Finite),
  spreadsheet: Schema.Boolean,
  kind: Schema.Literals(["consumers", "orders"]),
  mapping: Schema.NullOr(ColumnMapping),
  stagedRows: Schema.Finite,
  totalRows: Schema.NullOr(Schema.Finite),
  deduplicated: Schema.Boolean,
  processedRows: Schema.Finite,
  attempts: Schema.Finite
})

/** What to select from `imports` for an `ImportStandingRow`. */
export const importStanding = (sql: SqlClient.SqlClient) =>
  sql`status, s3_key, file_size::float8, spreadsheet, kind, mapping, staged_rows::float8, total_rows::float8, deduplicated, processed_rows::float8, attempts`

/** The first errors and duplicates of an import, beside `importColumns`. */
export const importErrors = (sql: SqlClient.SqlClient) =>
  sql`
    coalesce((
      SELECT jsonb_agg(jsonb_build_object('row', e.row, 'issues', e.issues) ORDER BY e.row)
      FROM (
        SELECT row, issues FROM import_errors
        WHERE organization_id = i.organization_id AND import_id = i.id
        ORDER BY row LIMIT ${sql.literal(String(errorLimit))}
      ) e
    ), '[]') AS errors,
    coalesce((
      SELECT jsonb_agg(jsonb_build_object('row', d.line, 'keptRow', d.winner_line) ORDER BY d.line)
      FROM (
        SELECT line, winner_line FROM import_duplicates
        WHERE organization_id = i.organization_id AND import_id = i.id
        ORDER BY line LIMIT ${sql.literal(String(errorLimit))}
      ) d
    ), '[]') AS duplicates`

/** Percent of the work that is done once a file is staged, as measured. */
const stagedShare = 30

/** 100 is reached by completion alone. */
const progress = (row: ImportRow): number => {
  if (row.status === "COMPLETED") return 100
  const read = row.totalRows !== null ? 1 : row.fileSize ? Math.min(1, row.stagedBytes / row.fileSize) : 0
  const merged = row.totalRows ? row.processedRows / row.totalRows : 0
  return Math.min(99, Math.floor(stagedShare * read + (100 - stagedShare) * merged))
}

export const importOfRow = (row: ImportRow): AnyImport => ({
  id: row.id,
  organizationId: row.organizationId,
  ...(row.audienceId === null ? {} : { audienceId: row.audienceId }),
  status: row.status,
  progress: progress(row),
  totalConsumers: row.totalRows,
  processedConsumers: row.processedRows,
  errorCount: row.rejectedRows,
  createdRows: row.createdRows,
  updatedRows: row.updatedRows,
  unchangedRows: row.unchangedRows,
  duplicateRows: row.duplicateRows,
  rejectedRows: row.rejectedRows,
  mode: row.mode,
  dryRun: row.dryRun,
  ...(row.errors === undefined ? {} : { errors: row.errors }),
  ...(row.duplicates === undefined ? {} : { duplicates: row.duplicates }),
  s3Key: row.s3Key,
  spreadsheet: row.spreadsheet,
  mapping: row.mapping,
  failureReason: row.failureReason,
  cancelledAt: row.cancelledAt,
  undoStartedAt: row.undoStartedAt,
  undoneAt: row.undoneAt,
  undoableUntil: row.undoableUntil,
  undoSkipped: row.undoSkipped,
  archived: row.archived,
  createdAt: row.createdAt,
  createdBy: row.createdBy,
  updatedAt: row.updatedAt,
  updatedBy: row.updatedBy
})

/** Of an import into an audience. */
export const audienceImportOfRow = (row: ImportRow): Import => ({ ...importOfRow(row), audienceId: row.audienceId! })

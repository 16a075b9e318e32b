import type { ImportId } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import { ValidationIssue } from "@audiences/domain/ValidationError"
import type { CsvRecord } from "@audiences/engine/imports/csv/CsvRecords"
import type { FileForm } from "@audiences/engine/imports/reports/ImportReportRepo"
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { forgetErased } from "../erasure/ErasedPeople.ts"
import { storable } from "./ImportErrors.ts"

const decodeRows = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      line: Schema.Finite,
      issues: Schema.Array(ValidationIssue),
      cells: Schema.NullOr(Schema.Array(Schema.String))
    })
  )
)
const decodeLasts = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ last: Schema.NullOr(Schema.Finite) })))
const decodeLines = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ line: Schema.Finite })))

/** Rejected rows that are in memory at once: so many, and of so many bytes in all unless it is a single one. */
const pageRows = 1000
const pageBytes = 4_194_304

/** The rejected rows of imports, and what is kept of them as it stood in their files. */
export const rejectedRows = (sql: SqlClient.SqlClient) => {
  /** The errors of rows: one of the file as a whole stands among them. */
  const ofRows = (organizationId: OrganizationId, id: ImportId) =>
    sql`e.organization_id = ${organizationId}::uuid AND e.import_id = ${id}::uuid AND NOT e.issues @> '[{"type":"file"}]'`

  const rows = Effect.fn("ImportReportRepo.rows")(function* (
    organizationId: OrganizationId,
    id: ImportId,
    behind: number
  ) {
    const found = yield* sql`
      SELECT line, issues, cells FROM (
        SELECT line, issues, cells, sum(size) OVER (ORDER BY line) AS together, row_number() OVER (ORDER BY line) AS place
        FROM (
          SELECT e.row::float8 AS line, e.issues, r.cells, coalesce(octet_length(r.cells::text), 0) + octet_length(e.issues::text) AS size
          FROM import_errors e LEFT JOIN import_rejected_rows r USING (organization_id, import_id, row)
          WHERE ${ofRows(organizationId, id)} AND e.row > ${behind}::bigint ORDER BY e.row LIMIT ${pageRows}
        ) page
      ) fitting WHERE together <= ${pageBytes} OR place = 1 ORDER BY line`
    return yield* decodeRows(found)
  }, Effect.orDie)

  const lastRejected = Effect.fn("ImportReportRepo.lastRejected")(function* (
    organizationId: OrganizationId,
    id: ImportId
  ) {
    const found = yield* sql`
      SELECT max(e.row)::float8 AS last FROM import_errors e WHERE ${ofRows(organizationId, id)}`
    return (yield* decodeLasts(found))[0]!.last
  }, Effect.orDie)

  const rejectedLines = Effect.fn("ImportReportRepo.rejectedLines")(function* (
    organizationId: OrganizationId,
    id: ImportId,
    first: number,
    last: number
  ) {
    const found = yield* sql`
      SELECT e.row::float8 AS line FROM import_errors e
      WHERE ${ofRows(organizationId, id)} AND e.row BETWEEN ${first}::bigint AND ${last}::bigint`
    return new Set((yield* decodeLines(found)).map(({ line }) => line))
  }, Effect.orDie)

  const keepForm = Effect.fn("ImportReportRepo.keepForm")(function* (
    organizationId: OrganizationId,
    id: ImportId,
    form: FileForm
  ) {
    yield* sql`
      UPDATE imports SET delimiter = ${form.delimiter}, updated_at = clock_timestamp(),
        header = ARRAY(SELECT jsonb_array_elements_text(${storable(form.header)}::text::jsonb))
      WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid`
  }, Effect.orDie)

  const keepRows = Effect.fn("ImportReportRepo.keepRows")(function* (
    organizationId: OrganizationId,
    id: ImportId,
    records: ReadonlyArray<CsvRecord>
  ) {
    yield* sql`
      INSERT INTO import_rejected_rows (organization_id, import_id, row, cells)
      SELECT ${organizationId}::uuid, ${id}::uuid, r.line, r.cells
      FROM jsonb_to_recordset(${storable(records)}::text::jsonb) AS r(line bigint, cells text[])
      ON CONFLICT DO NOTHING`
  }, Effect.orDie)

  const close = Effect.fn("ImportReportRepo.close")(
    function* (organizationId: OrganizationId, id: ImportId) {
      yield* forgetErased(sql, organizationId, id)
      yield* sql`
      UPDATE imports SET closed_at = coalesce(updated_at, clock_timestamp())
      WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid AND status IN ('COMPLETED', 'FAILED')`
    },
    sql.withTransaction,
    Effect.orDie
  )

  return { rows, lastRejected, rejectedLines, keepForm, keepRows, close }
}

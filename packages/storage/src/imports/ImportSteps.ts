import { ImportMode, type ImportId } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { ChunkRefused } from "@audiences/engine/imports/ImportRepo"
import { refusedRow } from "@audiences/engine/imports/reports/RefusedRow"
import { Data, Effect, Option, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { contended } from "../postgres/Contended.ts"
import { deduplicateRows } from "./deduplication/Deduplication.ts"
import { storable } from "./reports/ImportErrors.ts"
import type { StagedImport } from "./ImportKey.ts"
import type { Range } from "./merging/ImportMatches.ts"
import { mergeRange } from "./merging/ImportMerge.ts"
import { deduplicateOrders } from "./deduplication/OrderDeduplication.ts"
import { mergeOrders } from "./merging/OrderMerge.ts"
import { ImportRow, importStanding, ImportStandingRow } from "./ImportRow.ts"
import { refusals } from "./RowRefusal.ts"

const decodeStanding = Schema.decodeUnknownEffect(Schema.Array(ImportStandingRow))

/**
 * New rows after which the database is told to look at its tables again. It would do so by itself a minute later; until then it
 * plans for tables as small as they were, and lists take a hundred times as long.
 */
export const manyRows = 10_000

/** Staged rows after which the planner is told of them. Fewer are joined soon enough, however that is planned. */
export const analysedRows = 500

/** Staged rows that are forgotten in one transaction. */
const clearedRows = 50_000

/** Two rows turned out to be one person. */
class Again extends Data.TaggedError("Again") {}

interface ImportAt {
  readonly deduplicated: boolean
  /** Null: wherever it is. */
  readonly processedRows: number | null
}

const decodeStaged = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      kind: ImportStandingRow.fields.kind,
      audienceId: ImportRow.fields.audienceId,
      createdBy: Schema.String,
      mode: ImportMode,
      dryRun: Schema.Boolean,
      stagedColumns: Schema.Array(Schema.String),
      processedRows: Schema.Finite
    })
  )
)

/** The steps of an import, each of which is written as a whole or not at all. */
export const importSteps = (sql: SqlClient.SqlClient) => {
  const standing = Effect.fn("ImportRepo.standing")(function* (organizationId: OrganizationId, id: ImportId) {
    const rows = yield* sql`
      SELECT ${importStanding(sql)} FROM imports WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid`
    return Option.fromUndefinedOr((yield* decodeStanding(rows))[0])
  }, Effect.orDie)

  const attempt = Effect.fn("ImportRepo.attempt")(function* (organizationId: OrganizationId, id: ImportId) {
    yield* sql`
      UPDATE imports SET attempts = attempts + 1
      WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid AND status = 'PROCESSING'`
    return yield* standing(organizationId, id)
  }, Effect.orDie)

  const staged = Effect.fn("ImportRepo.staged")(function* (organizationId: OrganizationId, id: ImportId, rows: number) {
    yield* sql`
      UPDATE imports SET total_rows = ${rows}::bigint, updated_at = clock_timestamp()
      WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid AND status = 'PROCESSING' AND staged_rows = ${rows}::bigint`
    const isOfOrders = Option.exists(yield* standing(organizationId, id), ({ kind }) => kind === "orders")
    // Autovacuum would look at them later than they are needed.
    if (rows >= analysedRows) {
      yield* sql`
        ANALYZE import_rows (organization_id, import_id, row_number, email_folded, phone, primary_external_id_folded), order_import_rows`
      // An organization whose consumers are new is taken for empty: each of them would be looked for among all.
      if (isOfOrders) {
        yield* sql`ANALYZE consumers (organization_id, ordinal), orders (organization_id, order_id, ordinal)`
      }
    }
  }, Effect.orDie)

  /** The import, locked, if it is PROCESSING and stands where it is thought to. */
  const held = Effect.fnUntraced(function* (organizationId: OrganizationId, id: ImportId, at: ImportAt) {
    const rows = yield* sql`
      SELECT kind, audience_id, created_by, mode, dry_run, staged_columns, processed_rows::float8 FROM imports
      WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid AND status = 'PROCESSING' AND total_rows = staged_rows
        AND deduplicated = ${at.deduplicated} AND (${at.processedRows}::bigint IS NULL OR processed_rows = ${at.processedRows}::bigint)
      FOR NO KEY UPDATE`
    const [row] = yield* Effect.orDie(decodeStaged(rows))
    if (row === undefined) return undefined
    const { stagedColumns, ...rest } = row
    const held: StagedImport = { organizationId, id, columns: stagedColumns, ...rest }
    return held
  })

  const deduplicate = Effect.fn("ImportRepo.deduplicate")(
    function* (organizationId: OrganizationId, id: ImportId) {
      const found = yield* held(organizationId, id, { deduplicated: false, processedRows: null })
      if (found === undefined) return "stopped" as const
      yield* found.kind === "orders" ? deduplicateOrders(sql, found) : deduplicateRows(sql, found)
      yield* sql`
        UPDATE imports SET deduplicated = true, attempts = 0, updated_at = clock_timestamp()
        WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid`
      return "advanced" as const
    },
    sql.withTransaction,
    Effect.orDie
  )

  const mergeAt = Effect.fnUntraced(function* (organizationId: OrganizationId, id: ImportId, range: Range) {
    const found = yield* held(organizationId, id, { deduplicated: true, processedRows: range.start })
    if (found === undefined) return "stopped" as const
    if (found.kind === "orders") return yield* Effect.as(mergeOrders(sql, found, range), "advanced" as const)
    return (yield* mergeRange(sql, found, range)) ? ("advanced" as const) : yield* new Again()
  })

  const merge = Effect.fn("ImportRepo.merge")(
    (organizationId: OrganizationId, id: ImportId, start: number, count: number) =>
      contended(sql)(mergeAt(organizationId, id, { start, count })).pipe(
        Effect.catchTag("Again", () =>
          Effect.as(
            sql`UPDATE imports SET deduplicated = false WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid`,
            "again" as const
          )
        ),
        refusals
      )
  )

  const reject = Effect.fn("ImportRepo.reject")(function* (
    organizationId: OrganizationId,
    id: ImportId,
    start: number,
    refused: ChunkRefused
  ) {
    const issues = sql`${storable([refusedRow(refused)])}::text::jsonb`
    const row = sql`organization_id = ${organizationId}::uuid AND import_id = ${id}::uuid AND row_number = ${start + 1}::bigint`
    yield* sql`UPDATE import_rows SET issues = ${issues}, winner_line = NULL WHERE ${row}`
    yield* sql`UPDATE order_import_rows SET issues = ${issues}, winner_line = NULL WHERE ${row}`
  }, Effect.orDie)

  const clear = Effect.fn("ImportRepo.clear")(function* (organizationId: OrganizationId, id: ImportId) {
    const those = sql`organization_id = ${organizationId}::uuid AND import_id = ${id}::uuid`
    const found = Option.getOrUndefined(yield* standing(organizationId, id))
    if (found === undefined || found.status === "PROCESSING" || found.stagedRows === 0) return
    for (let row = 0; row < found.stagedRows; row += clearedRows) {
      // Both ends, or the planner reads the whole table each time.
      const some = sql`${those} AND row_number > ${row}::bigint AND row_number <= ${row + clearedRows}::bigint`
      yield* sql`DELETE FROM import_rows WHERE ${some}`
      yield* sql`DELETE FROM order_import_rows WHERE ${some}`
    }
    yield* sql`DELETE FROM import_releases WHERE ${those}`
    yield* sql`UPDATE imports SET staged_rows = 0 WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid`
  }, Effect.orDie)

  return { attempt, standing, staged, deduplicate, merge, reject, clear }
}

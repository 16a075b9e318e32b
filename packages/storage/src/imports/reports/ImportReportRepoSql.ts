import { type ImportId, type ImportListQuery, ImportNotFound, ImportStatus } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import { ImportReportRepo } from "@audiences/engine/imports/reports/ImportReportRepo"
import type { ImportTarget } from "@audiences/engine/imports/ImportRepo"
import type { PageRequest } from "@audiences/engine/pages/Paging"
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { readSlice } from "../../pages/Keyset.ts"
import { cancelImport } from "../ImportCancel.ts"
import { importColumns, importErrors, importOfRow, ImportRow } from "../ImportRow.ts"
import { ofTarget, targetExists } from "../ImportsOfTarget.ts"
import { rejectedRows } from "./RejectedRows.ts"

const decodeImports = Schema.decodeUnknownEffect(Schema.Array(ImportRow))
const decodeStates = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      status: ImportStatus,
      kept: Schema.Boolean,
      header: Schema.NullOr(Schema.Array(Schema.String)),
      delimiter: Schema.NullOr(Schema.String)
    })
  )
)

export const ImportReportRepoSql = Layer.effect(
  ImportReportRepo,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const list = Effect.fn("ImportReportRepo.list")(
      function* (
        organizationId: OrganizationId,
        target: ImportTarget,
        { status }: Pick<ImportListQuery, "status">,
        request: PageRequest<"createdAt">
      ) {
        yield* targetExists(sql, organizationId, target)
        const conditions = [sql`${ofTarget(sql, organizationId, target)} AND NOT i.archived`]
        if (status !== undefined) conditions.push(sql`i.status = ${status}`)
        const slice = yield* readSlice(
          sql,
          {
            columns: importColumns(sql),
            from: sql`imports i`,
            where: sql.and(conditions),
            key: { expression: sql`i.created_at`, kind: "instant", nullable: false },
            id: sql`i.id`,
            row: ImportRow
          },
          request
        )
        return { ...slice, data: slice.data.map(importOfRow) }
      },
      Effect.catchTag("SqlError", Effect.die)
    )

    const get = Effect.fn("ImportReportRepo.get")(
      function* (organizationId: OrganizationId, target: ImportTarget, id: ImportId) {
        yield* targetExists(sql, organizationId, target)
        const rows = yield* sql`
          SELECT ${importColumns(sql)}, ${importErrors(sql)} FROM imports i
          WHERE ${ofTarget(sql, organizationId, target)} AND i.id = ${id}::uuid`
        const [row] = yield* Effect.orDie(decodeImports(rows))
        return row === undefined ? yield* new ImportNotFound() : importOfRow(row)
      },
      Effect.catchTag("SqlError", Effect.die)
    )

    const state = Effect.fn("ImportReportRepo.state")(
      function* (organizationId: OrganizationId, target: ImportTarget, id: ImportId) {
        yield* targetExists(sql, organizationId, target)
        const rows = yield* sql`
          SELECT i.status, i.closed_at IS NOT NULL OR i.rejected_rows = 0 AS kept, i.header, i.delimiter FROM imports i
          WHERE ${ofTarget(sql, organizationId, target)} AND i.id = ${id}::uuid`
        const [row] = yield* Effect.orDie(decodeStates(rows))
        if (row === undefined) return yield* new ImportNotFound()
        const { delimiter, header, kept, status } = row
        // What is rejected is kept before an import completes, but after it has failed.
        const complete = status === "COMPLETED" || (status === "FAILED" && kept)
        return { complete, form: header === null || delimiter === null ? null : { header, delimiter } }
      },
      Effect.catchTag("SqlError", Effect.die)
    )

    return ImportReportRepo.of({ list, get, state, cancel: cancelImport(sql, get), ...rejectedRows(sql) })
  })
)

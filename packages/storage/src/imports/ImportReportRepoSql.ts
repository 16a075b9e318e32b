import { AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { type ImportId, type ImportListQuery, ImportNotFound, ImportStatus } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import { ImportReportRepo } from "@audiences/engine/imports/ImportReportRepo"
import type { PageRequest } from "@audiences/engine/pages/Paging"
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { readSlice } from "../pages/Keyset.ts"
import { cancelImport } from "./ImportCancel.ts"
import { importColumns, importErrors, audienceImportOfRow, ImportRow } from "./ImportRow.ts"
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

    const exists = Effect.fnUntraced(function* (organizationId: OrganizationId, audienceId: AudienceId) {
      const found = yield* sql`
        SELECT 1 FROM audiences WHERE organization_id = ${organizationId}::uuid AND id = ${audienceId}::uuid`
      if (found.length === 0) return yield* new AudienceNotFound()
    })

    const list = Effect.fn("ImportReportRepo.list")(
      function* (
        organizationId: OrganizationId,
        audienceId: AudienceId,
        { status }: Pick<ImportListQuery, "status">,
        request: PageRequest<"createdAt">
      ) {
        yield* exists(organizationId, audienceId)
        const conditions = [
          sql`i.organization_id = ${organizationId}::uuid AND i.audience_id = ${audienceId}::uuid AND NOT i.archived`
        ]
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
        return { ...slice, data: slice.data.map(audienceImportOfRow) }
      },
      Effect.catchTag("SqlError", Effect.die)
    )

    const get = Effect.fn("ImportReportRepo.get")(
      function* (organizationId: OrganizationId, audienceId: AudienceId, id: ImportId) {
        yield* exists(organizationId, audienceId)
        const rows = yield* sql`
          SELECT ${importColumns(sql)}, ${importErrors(sql)} FROM imports i
          WHERE i.organization_id = ${organizationId}::uuid AND i.audience_id = ${audienceId}::uuid AND i.id = ${id}::uuid`
        const [row] = yield* Effect.orDie(decodeImports(rows))
        return row === undefined ? yield* new ImportNotFound() : audienceImportOfRow(row)
      },
      Effect.catchTag("SqlError", Effect.die)
    )

    const state = Effect.fn("ImportReportRepo.state")(
      function* (organizationId: OrganizationId, audienceId: AudienceId, id: ImportId) {
        yield* exists(organizationId, audienceId)
        const rows = yield* sql`
          SELECT status, closed_at IS NOT NULL OR rejected_rows = 0 AS kept, header, delimiter FROM imports
          WHERE organization_id = ${organizationId}::uuid AND audience_id = ${audienceId}::uuid AND id = ${id}::uuid`
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

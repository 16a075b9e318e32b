import type { AudienceId } from "@audiences/domain/AudienceId"
import type { ImportId, ImportMode } from "@audiences/domain/Import"
import type { FileKind } from "@audiences/engine/imports/ImportRepo"
import type { OrganizationId } from "@audiences/domain/Organization"

export interface ImportKey {
  readonly organizationId: OrganizationId
  readonly id: ImportId
}

/** An import whose rows are staged. */
export interface StagedImport extends ImportKey {
  readonly kind: FileKind
  /** Null: whom the rows mean becomes a member of nothing. */
  readonly audienceId: AudienceId | null
  /** Who opened the import. */
  readonly createdBy: string
  readonly mode: ImportMode
  readonly dryRun: boolean
  /** The columns of `import_rows` that any row fills. */
  readonly columns: ReadonlyArray<string>
  readonly processedRows: number
}

import type { AudienceId } from "@audiences/domain/AudienceId"
import type { ImportId, ImportMode } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"

export interface ImportKey {
  readonly organizationId: OrganizationId
  readonly id: ImportId
}

/** An import whose rows are staged. */
export interface StagedImport extends ImportKey {
  readonly audienceId: AudienceId
  readonly mode: ImportMode
  readonly dryRun: boolean
  /** The columns of `import_rows` that any row fills. */
  readonly columns: ReadonlyArray<string>
  readonly processedRows: number
}

import type { Actor } from "@audiences/domain/Actor"
import type { AudienceNotFound } from "@audiences/domain/Audience"
import type { ImportEnded, ImportId, ImportListQuery, ImportNotFound } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { ValidationIssue } from "@audiences/domain/ValidationError"
import { Context, type DateTime, type Effect } from "effect"
import type { PageRequest, Slice } from "../../pages/Paging.ts"
import type { CsvRecord } from "../csv/CsvRecords.ts"
import type { AnyImport, ImportTarget } from "../ImportRepo.ts"

/** How the file of an import was written. */
export interface FileForm {
  readonly header: ReadonlyArray<string>
  readonly delimiter: string
}

/** A rejected row. `cells` is null when the file was gone before they could be kept. */
export interface ReportedRow {
  readonly line: number
  readonly issues: ReadonlyArray<ValidationIssue>
  readonly cells: ReadonlyArray<string> | null
}

export interface ReportState {
  /** Every rejected row is known, and what can be kept of it is kept. */
  readonly complete: boolean
  /** Null when no row was rejected, or none could be kept. */
  readonly form: FileForm | null
}

/** What is told of imports, and what is kept for it. */
export class ImportReportRepo extends Context.Service<
  ImportReportRepo,
  {
    readonly list: (
      organizationId: OrganizationId,
      target: ImportTarget,
      filter: Pick<ImportListQuery, "status">,
      request: PageRequest<"createdAt">
    ) => Effect.Effect<Slice<AnyImport>, AudienceNotFound>
    readonly get: (
      organizationId: OrganizationId,
      target: ImportTarget,
      id: ImportId
    ) => Effect.Effect<AnyImport, AudienceNotFound | ImportNotFound>
    /** PENDING or PROCESSING → FAILED. Of an import that was cancelled before, nothing changes. */
    readonly cancel: (
      actor: Actor,
      target: ImportTarget,
      id: ImportId,
      now: DateTime.Utc
    ) => Effect.Effect<AnyImport, AudienceNotFound | ImportNotFound | ImportEnded>
    readonly state: (
      organizationId: OrganizationId,
      target: ImportTarget,
      id: ImportId
    ) => Effect.Effect<ReportState, AudienceNotFound | ImportNotFound>
    /** The next rejected rows behind a line, in the order of the file, as many as fit into memory; none when there are no more. */
    readonly rows: (
      organizationId: OrganizationId,
      id: ImportId,
      behind: number
    ) => Effect.Effect<ReadonlyArray<ReportedRow>>
    /** The last line that was rejected; null: none was. */
    readonly lastRejected: (organizationId: OrganizationId, id: ImportId) => Effect.Effect<number | null>
    /** Which of the lines from `first` to `last` were rejected. */
    readonly rejectedLines: (
      organizationId: OrganizationId,
      id: ImportId,
      first: number,
      last: number
    ) => Effect.Effect<ReadonlySet<number>>
    /** Idempotent. */
    readonly keepForm: (organizationId: OrganizationId, id: ImportId, form: FileForm) => Effect.Effect<void>
    /** Idempotent. */
    readonly keepRows: (
      organizationId: OrganizationId,
      id: ImportId,
      rows: ReadonlyArray<CsvRecord>
    ) => Effect.Effect<void>
    /** Of an import that has ended: nothing is left to do for it. */
    readonly close: (organizationId: OrganizationId, id: ImportId) => Effect.Effect<void>
  }
>()("@audiences/engine/ImportReportRepo") {}

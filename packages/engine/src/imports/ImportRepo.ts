import type { Actor } from "@audiences/domain/Actor"
import type { AudienceArchived, AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { ColumnMapping } from "@audiences/domain/ColumnMapping"
import type { FileImport, ImportId, ImportMode, ImportNotFound, ImportStatus } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, Data, type DateTime, type Duration, type Effect, type Option } from "effect"
import type { ImportedRow, RejectedRow } from "./rows/ConsumerCsv.ts"
import type { AudienceTypeMismatch } from "../audiences/AudienceRepo.ts"
import type { OrderRow } from "./rows/OrderCsv.ts"
import type { FileRefused } from "./FileRefused.ts"

/** The database takes some rows at no time, by a limit that they were not checked for. Nothing of them was written. */
export class ChunkRefused extends Data.TaggedError("ChunkRefused")<{
  /** For people: what the database says. */
  readonly message: string
}> {}

/** What files are brought into: a STATIC_LIST, all consumers, or the orders. */
export type ImportTarget =
  | { readonly _tag: "Audience"; readonly audienceId: AudienceId }
  | { readonly _tag: "Consumers" }
  | { readonly _tag: "Orders" }

/** What files of consumers are brought into. */
export type PeopleTarget = Exclude<ImportTarget, { readonly _tag: "Orders" }>

/** An import of whatever target. */
export type AnyImport = FileImport & { readonly audienceId?: AudienceId }

export interface ImportOpening {
  readonly id: ImportId
  readonly target: ImportTarget
  /** Made complete by the milliseconds of `createdAt`, or the next ones that no other import of the target has. */
  readonly s3Key: (millis: number) => string
  readonly uploadExpiresAt: DateTime.Utc
  readonly createdAt: DateTime.Utc
  /** Apostrophes before formulas are taken off. */
  readonly spreadsheet: boolean
  readonly mode: ImportMode
  readonly dryRun: boolean
  readonly mapping: ColumnMapping | null
}

/** What the rows of a file are. */
export type FileKind = "consumers" | "orders"

/** Consecutive data rows of a file. */
export interface ImportChunk {
  /** How many data rows of the file precede it. */
  readonly start: number
  readonly rows: ReadonlyArray<ImportedRow | OrderRow | RejectedRow>
  /** How far the file was read for it. */
  readonly bytes: number
}

/** How far an import has come. */
export interface ImportStanding {
  readonly status: ImportStatus
  readonly s3Key: string
  /** Bytes. Null: the file has not arrived. */
  readonly fileSize: number | null
  readonly spreadsheet: boolean
  readonly kind: FileKind
  readonly mapping: ColumnMapping | null
  /** Data rows that are staged; all of the file's are when it is `totalRows`. */
  readonly stagedRows: number
  /** Data rows of the file; null until all were read. */
  readonly totalRows: number | null
  readonly deduplicated: boolean
  readonly processedRows: number
  /** Runs in a row, this one too, in which it did not come further. */
  readonly attempts: number
}

/** What came of an attempt to write: `stopped` = the import does not stand where it was thought to; somebody else is at it, or ended it. */
export type Advance = "advanced" | "stopped"

/**
 * Where imports, and what they bring in, are kept. A file goes through three steps, each of which goes on from where it was stopped:
 * its rows are staged; it is found out which of them are the same person; they are merged into the consumers.
 */
export class ImportRepo extends Context.Service<
  ImportRepo,
  {
    readonly create: (
      actor: Actor,
      opening: ImportOpening
    ) => Effect.Effect<AnyImport, AudienceNotFound | AudienceArchived | AudienceTypeMismatch>
    readonly latest: (
      organizationId: OrganizationId,
      target: ImportTarget
    ) => Effect.Effect<AnyImport, AudienceNotFound | ImportNotFound>
    readonly find: (organizationId: OrganizationId, id: ImportId) => Effect.Effect<Option.Option<AnyImport>>
    /** What signs the upload URLs of the organization. */
    readonly uploadSecret: (organizationId: OrganizationId) => Effect.Effect<Option.Option<Uint8Array>>
    /** Of the import's file, where the store tells versions apart. */
    readonly uploadVersion: (organizationId: OrganizationId, id: ImportId) => Effect.Effect<Option.Option<string>>
    /** PENDING → PROCESSING, together with `publish`; false, and nothing published, when it was no longer PENDING. */
    readonly start: <E>(
      organizationId: OrganizationId,
      id: ImportId,
      fileBytes: number,
      publish: Effect.Effect<void, E>
    ) => Effect.Effect<boolean, E>
    /** Counts an attempt at a PROCESSING import, and tells where it stands. */
    readonly attempt: (organizationId: OrganizationId, id: ImportId) => Effect.Effect<Option.Option<ImportStanding>>
    readonly standing: (organizationId: OrganizationId, id: ImportId) => Effect.Effect<Option.Option<ImportStanding>>
    /** All rows of the file are staged: so many. */
    readonly staged: (organizationId: OrganizationId, id: ImportId, rows: number) => Effect.Effect<void>
    /** Finds out which staged rows are the same person, and puts what they say together in the last of them. */
    readonly deduplicate: (organizationId: OrganizationId, id: ImportId) => Effect.Effect<Advance>
    /**
     * Merges `count` staged rows behind the first `start`: consumers, membership, errors, counts and how far the import has come, all or
     * none. `again`: others wrote meanwhile what makes two of the rows one person; the import is to be deduplicated anew.
     */
    readonly merge: (
      organizationId: OrganizationId,
      id: ImportId,
      start: number,
      count: number
    ) => Effect.Effect<Advance | "again", ChunkRefused | AudienceArchived>
    /** Rejects the staged row behind the first `start`, which the database does not take. */
    readonly reject: (
      organizationId: OrganizationId,
      id: ImportId,
      start: number,
      refused: ChunkRefused
    ) => Effect.Effect<void>
    /** PROCESSING → COMPLETED. */
    readonly complete: (organizationId: OrganizationId, id: ImportId) => Effect.Effect<void>
    /** PROCESSING → FAILED, for a reason that concerns the import as a whole. */
    readonly fail: (
      organizationId: OrganizationId,
      id: ImportId,
      reason: Pick<FileRefused, "line" | "message">
    ) => Effect.Effect<void>
    /** Forgets the staged rows of an import that has ended. Idempotent. */
    readonly clear: (organizationId: OrganizationId, id: ImportId) => Effect.Effect<void>
    /**
     * Imports of all organizations that have not come further for as long: PROCESSING ones, and ended ones whose file or staged rows
     * are still there, and those that are being undone.
     */
    readonly quiet: (
      duration: Duration.Duration
    ) => Effect.Effect<ReadonlyArray<{ readonly organizationId: OrganizationId; readonly id: ImportId }>>
  }
>()("@audiences/engine/ImportRepo") {}

import type { Actor } from "@audiences/domain/Actor"
import type { AudienceArchived, AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { Import, ImportId, ImportNotFound } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, Data, type DateTime, type Duration, type Effect, type Option } from "effect"
import type { ImportedRow, RejectedRow } from "./ConsumerCsv.ts"
import type { AudienceTypeMismatch } from "../audiences/AudienceRepo.ts"
import type { FileRefused } from "./FileRefused.ts"

/** The database takes a chunk at no time, by a limit that the rows were not checked for. Nothing of it was written. */
export class ChunkRefused extends Data.TaggedError("ChunkRefused")<{ readonly message: string }> {}

export interface ImportOpening {
  readonly id: ImportId
  readonly audienceId: AudienceId
  /** Made complete by the milliseconds of `createdAt`, or the next ones that no other import of the audience has. */
  readonly s3Key: (millis: number) => string
  readonly uploadExpiresAt: DateTime.Utc
  readonly createdAt: DateTime.Utc
  /** Apostrophes before formulas are taken off. */
  readonly spreadsheet: boolean
}

/** Consecutive data rows of a file. */
export interface ImportChunk {
  /** How many data rows of the file precede it. */
  readonly start: number
  readonly rows: ReadonlyArray<ImportedRow>
  readonly rejected: ReadonlyArray<RejectedRow>
}

/** Where imports, and what they bring in, are kept. */
export class ImportRepo extends Context.Service<
  ImportRepo,
  {
    readonly create: (
      actor: Actor,
      opening: ImportOpening
    ) => Effect.Effect<Import, AudienceNotFound | AudienceArchived | AudienceTypeMismatch>
    readonly latest: (
      organizationId: OrganizationId,
      audienceId: AudienceId
    ) => Effect.Effect<Import, AudienceNotFound | ImportNotFound>
    readonly find: (organizationId: OrganizationId, id: ImportId) => Effect.Effect<Option.Option<Import>>
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
    readonly counted: (organizationId: OrganizationId, id: ImportId, rows: number) => Effect.Effect<void>
    /**
     * Writes a chunk: consumers, membership, errors, counts and how far the import has come, all or none. False, and nothing
     * written, when the import does not stand where the chunk begins: somebody else is at it.
     */
    readonly merge: (
      organizationId: OrganizationId,
      id: ImportId,
      chunk: ImportChunk
    ) => Effect.Effect<boolean, ChunkRefused | AudienceArchived>
    /** PROCESSING → COMPLETED. */
    readonly complete: (organizationId: OrganizationId, id: ImportId) => Effect.Effect<void>
    /** PROCESSING → FAILED, for a reason that concerns the import as a whole. */
    readonly fail: (
      organizationId: OrganizationId,
      id: ImportId,
      reason: Pick<FileRefused, "line" | "message">
    ) => Effect.Effect<void>
    /** Imports of all organizations whose file has arrived and is still there, and that have not come further for as long. */
    readonly quiet: (
      duration: Duration.Duration
    ) => Effect.Effect<ReadonlyArray<{ readonly organizationId: OrganizationId; readonly id: ImportId }>>
  }
>()("@audiences/engine/ImportRepo") {}

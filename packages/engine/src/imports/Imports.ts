import type { Actor } from "@audiences/domain/Actor"
import type { AudienceArchived, AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { PayloadTooLarge } from "@audiences/domain/Errors"
import type { Import, ImportId, ImportNotFound, ImportWithUpload, UploadRefused } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { ValidationError } from "@audiences/domain/ValidationError"
import { Context, type Effect, type Stream } from "effect"

/** What a signed upload URL says: `/uploads/{organizationId}/{importId}?expires={epoch seconds}&signature={hex}`. */
export interface UploadGrant {
  readonly organizationId: string
  readonly importId: string
  readonly expires: string
  readonly signature: string
}

/** Files of consumers on their way into a STATIC_LIST. */
export class Imports extends Context.Service<Imports, {
  readonly create: (
    actor: Actor,
    audienceId: AudienceId
  ) => Effect.Effect<ImportWithUpload, ValidationError | AudienceNotFound | AudienceArchived>
  readonly latest: (
    organizationId: OrganizationId,
    audienceId: AudienceId
  ) => Effect.Effect<Import, AudienceNotFound | ImportNotFound>
  /** Takes the file and starts the import. A body that breaks off leaves the import as it was, and the URL usable. */
  readonly receive: <E>(
    grant: UploadGrant,
    body: Stream.Stream<Uint8Array, E>
  ) => Effect.Effect<Import, UploadRefused | PayloadTooLarge | E>
  /** Brings an uploaded file in, from where it last got to. Idempotent. */
  readonly run: (organizationId: OrganizationId, importId: ImportId) => Effect.Effect<void>
  /** Hands every started import that no job stands for to the job queue. */
  readonly enqueueUnfinished: Effect.Effect<number>
}>()("@audiences/engine/Imports") {}

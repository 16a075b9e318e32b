import type { ImportId } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, type Effect } from "effect"
import type { ArrivedFile } from "./UploadStore.ts"

/** A PENDING import whose file may be there by now. */
export interface AwaitedUpload {
  readonly organizationId: OrganizationId
  readonly id: ImportId
  readonly s3Key: string
  /** Its upload URL ended so long ago that no upload can still be under way. */
  readonly isOver: boolean
}

/** Imports that wait for a file. */
export class ArrivalRepo extends Context.Service<
  ArrivalRepo,
  {
    /**
     * Imports of all organizations that are due to be looked at; each is due again the later, the longer it has waited. Several
     * processes that ask at once get different ones. `onlyOver`: none but those that are over.
     */
    readonly due: (options: { readonly onlyOver: boolean }) => Effect.Effect<ReadonlyArray<AwaitedUpload>>
    /** PENDING → PROCESSING; false when it was no longer PENDING. */
    readonly arrived: (organizationId: OrganizationId, id: ImportId, file: ArrivedFile) => Effect.Effect<boolean>
    /** PENDING → FAILED; false when it was no longer PENDING. */
    readonly giveUp: (organizationId: OrganizationId, id: ImportId, reason: string) => Effect.Effect<boolean>
  }
>()("@audiences/engine/ArrivalRepo") {}

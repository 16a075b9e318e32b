import type { StagedFile, UnstagedFile } from "@audiences/engine/imports/staging/FileStaging"
import type { ImportLimits } from "@audiences/engine/imports/ImportLimits"
import type { Context } from "effect"

/** What a thread is started for. */
export interface StagingWork {
  /** A PostgreSQL URL. */
  readonly url: string
  readonly file: UnstagedFile
  readonly limits: Context.Service.Shape<typeof ImportLimits>
}

/** The bytes of the file one piece after the other, and that there are no more. */
export type StagingRequest = { readonly piece: Uint8Array } | { readonly end: true }

/** `more`: the piece is taken. All else is the end of it, whether or not all pieces were sent. */
export type StagingReply = "more" | StagingEnd

export type StagingEnd =
  | { readonly _tag: "Staged"; readonly staged: StagedFile }
  | { readonly _tag: "Refused"; readonly line: number; readonly message: string }
  | { readonly _tag: "DatabaseFailed"; readonly message: string }

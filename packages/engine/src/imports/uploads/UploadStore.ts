import { Context, Data, type DateTime, type Effect, type Option, type Scope, type Stream } from "effect"

/** The body went on beyond what is taken. */
export class UploadTooLarge extends Data.TaggedError("UploadTooLarge")<{ readonly maxBytes: number }> {}

/** No file has that key, or it is not the version that was asked for. */
export class UploadMissing extends Data.TaggedError("UploadMissing")<{ readonly key: string }> {}

/** A file that has arrived in full but is not at its key yet. */
export interface Upload {
  readonly bytes: number
  /** Puts it at its key, in one step; it survives a crash from then on. */
  readonly publish: Effect.Effect<void>
}

/** A file that somebody else has put at its key. */
export interface ArrivedFile {
  readonly bytes: number
  /** Tells the file from another that is put there later. */
  readonly version: string
}

/** How files get to their keys. */
export type Intake =
  | {
      /** This service takes them. */
      readonly _tag: "Service"
      /** Takes a body under a name of its own. What is not published by the end of the scope is gone. */
      readonly receive: <E, R>(
        key: string,
        body: Stream.Stream<Uint8Array, E, R>,
        maxBytes: number
      ) => Effect.Effect<Upload, UploadTooLarge | E, R | Scope.Scope>
    }
  | {
      /** The store takes them by itself, of any size, as often as they are sent: they have to be looked for. */
      readonly _tag: "Bucket"
      /** Takes a file for the key by PUT until then, whoever has it. */
      readonly uploadUrl: (key: string, expiresAt: DateTime.Utc) => Effect.Effect<string>
      readonly look: (key: string) => Effect.Effect<Option.Option<ArrivedFile>>
    }

/** Where uploaded files wait to be imported. Keys are paths such as `imports/a/b.csv`. */
export class UploadStore extends Context.Service<
  UploadStore,
  {
    readonly intake: Intake
    /** `version`: of the file that arrived; absent where a file, once it is there, stays. */
    readonly read: (key: string, version?: string) => Stream.Stream<Uint8Array, UploadMissing>
    /** Idempotent. */
    readonly remove: (key: string) => Effect.Effect<void>
  }
>()("@audiences/engine/UploadStore") {}

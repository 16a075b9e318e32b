import { Context, Data, type Effect, type Scope, type Stream } from "effect"

/** The body went on beyond what is taken. */
export class UploadTooLarge extends Data.TaggedError("UploadTooLarge")<{ readonly maxBytes: number }> {}

/** No file has that key. */
export class UploadMissing extends Data.TaggedError("UploadMissing")<{ readonly key: string }> {}

/** A file that has arrived in full but is not at its key yet. */
export interface Upload {
  readonly bytes: number
  /** Puts it at its key, in one step; it survives a crash from then on. */
  readonly publish: Effect.Effect<void>
}

/** Where uploaded files wait to be imported. Keys are paths such as `imports/a/b.csv`. */
export class UploadStore extends Context.Service<
  UploadStore,
  {
    /** Takes a body under a name of its own. What is not published by the end of the scope is gone. */
    readonly receive: <E, R>(
      key: string,
      body: Stream.Stream<Uint8Array, E, R>,
      maxBytes: number
    ) => Effect.Effect<Upload, UploadTooLarge | E, R | Scope.Scope>
    readonly read: (key: string) => Stream.Stream<Uint8Array, UploadMissing>
    /** Idempotent. */
    readonly remove: (key: string) => Effect.Effect<void>
  }
>()("@audiences/engine/UploadStore") {}

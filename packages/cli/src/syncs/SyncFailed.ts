import { Data } from "effect"

/** The sync that a command waited for did not succeed. What there is to say of it has been printed. */
export class SyncFailed extends Data.TaggedError("SyncFailed")<{ readonly message: string }> {}

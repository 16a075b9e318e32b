import { Data } from "effect"

/** The import that a command waited for did not complete. What there is to say of it has been printed. */
export class ImportFailed extends Data.TaggedError("ImportFailed")<{ readonly message: string }> {}

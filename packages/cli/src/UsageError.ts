import { Data } from "effect"

/** The command line, or a file it names, makes no sense. The message says how to do it right. */
export class UsageError extends Data.TaggedError("UsageError")<{ readonly message: string }> {}

import { Data } from "effect"

/** Not everybody who was asked about is in the audience. */
export class NotAllIn extends Data.TaggedError("NotAllIn")<{ readonly message: string }> {}

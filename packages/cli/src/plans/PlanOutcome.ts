import { Data } from "effect"

/** Consumers would not be where the file expects them. */
export class ExpectationsMissed extends Data.TaggedError("ExpectationsMissed")<{ readonly message: string }> {}

/** Something is to be done, and whoever asked wanted to know just that. */
export class ChangesPending extends Data.TaggedError("ChangesPending")<{ readonly message: string }> {}

import { Data } from "effect"

/** A file that cannot be read as a list of consumers at all; nothing of it is imported. */
export class FileRefused extends Data.TaggedError("FileRefused")<{
  /** For people: what is wrong, where, and what to do about it. */
  readonly message: string
  /** The line that shows it, as an editor counts them. */
  readonly line: number
}> {}

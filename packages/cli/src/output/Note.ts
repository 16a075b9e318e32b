import { Effect, Stdio, Stream } from "effect"

/** Tells a person something that is not data. */
export const note = (text: string): Effect.Effect<void, never, Stdio.Stdio> =>
  Stdio.Stdio.use((stdio) => Effect.ignore(Stream.run(Stream.succeed(`${text}\n`), stdio.stderr())))

import { Effect, Redacted, Stdio, Stream } from "effect"
import { Prompt } from "effect/cli"
import { UsageError } from "../UsageError.ts"

/** A key of a few hundred characters; whoever pipes more has mistaken the file. */
const longestSecret = 10_000

const piped = Effect.gen(function* () {
  const { stdin } = yield* Stdio.Stdio
  const text = yield* Stream.mkString(Stream.decodeText(stdin)).pipe(
    Effect.mapError(() => new UsageError({ message: "Standard input cannot be read." }))
  )
  if (text.length > longestSecret) return yield* new UsageError({ message: "Standard input is too long for a key." })
  return text.trim()
})

/** A secret, from standard input or hidden as it is typed. It never stands in a command line, which every user of the machine can read. */
export const readSecret = Effect.fnUntraced(function* (what: string) {
  const stdio = yield* Stdio.Stdio
  const typed = yield* stdio.stdinIsTerminal
  if (typed && !(yield* stdio.stdoutIsTerminal)) {
    return yield* new UsageError({
      message: "The output goes elsewhere, so nobody can be asked: give the key on standard input."
    })
  }
  const secret = typed ? Redacted.value(yield* Prompt.run(Prompt.Hidden({ message: what }))).trim() : yield* piped
  if (secret === "")
    return yield* new UsageError({ message: `There is no key. Type it, or give it on standard input: ${what}.` })
  return Redacted.make(secret)
})

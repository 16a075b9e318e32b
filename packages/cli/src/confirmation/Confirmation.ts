import { Data, Effect, Stdio } from "effect"
import { Flag, GlobalFlag, Prompt } from "effect/cli"
import { printable } from "../output/Printable.ts"
import { UsageError } from "../UsageError.ts"

export const Yes = GlobalFlag.Setting("yes")({
  flag: Flag.Boolean("yes").pipe(
    Flag.withAlias("y"),
    Flag.withoutNegation,
    Flag.withDefault(false),
    Flag.withDescription("Do what cannot be undone without asking")
  )
})

/** The person was asked, and said no. */
export class Declined extends Data.TaggedError("Declined")<{ readonly message: string }> {}

/** Asks whether to do what cannot be undone. Off a terminal there is nobody to ask: then `--yes` has to say it. */
export const confirm = Effect.fnUntraced(function* (question: string) {
  if (yield* Yes) return
  const stdio = yield* Stdio.Stdio
  const watched = yield* Effect.all([stdio.stdinIsTerminal, stdio.stdoutIsTerminal])
  if (watched.includes(false))
    return yield* new UsageError({ message: `${question} Say --yes: nobody is there to ask.` })
  if (!(yield* Prompt.run(Prompt.Confirm({ message: printable(question) }))))
    return yield* new Declined({ message: "Nothing has been changed" })
})

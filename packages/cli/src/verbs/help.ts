import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { printable } from "../output/Printable.ts"
import { UsageError } from "../UsageError.ts"
import { version } from "../version.ts"
import { CommandTree } from "./CommandTree.ts"

/** The names of the commands below one; undefined if there is none of this path. */
const namesBelow = (command: Command.Command.Any, path: ReadonlyArray<string>): ReadonlyArray<string> | undefined => {
  const below = command.subcommands.flatMap(({ commands }): ReadonlyArray<Command.Command.Any> => commands)
  const [name, ...rest] = path
  if (name === undefined) return below.map((sub) => sub.name)
  const found = below.find((sub) => sub.name === name)
  return found === undefined ? undefined : namesBelow(found, rest)
}

export const help = Command.make(
  "help",
  {
    verb: Argument.String("verb").pipe(
      Argument.withDescription("A command, such as list, or two, such as keys create"),
      Argument.variadic()
    )
  },
  Effect.fn("verbs.help")(function* ({ verb }) {
    const tree = yield* yield* CommandTree
    if (namesBelow(tree, verb) === undefined) {
      const known = namesBelow(tree, verb.slice(0, -1)) ?? namesBelow(tree, []) ?? []
      return yield* new UsageError({
        message: `There is no command ${printable(verb.join(" "))}. There are ${known.join(", ")}.`
      })
    }
    yield* Command.runWith(tree as Command.Command<string, unknown>, { version })([...verb, "--help"])
  })
).pipe(
  Command.withDescription("Show how a command is used, with examples"),
  Command.withExamples([
    { command: "audiences help", description: "What there is, the environment, the exit codes" },
    { command: "audiences help keys create", description: "Of one command" }
  ])
)

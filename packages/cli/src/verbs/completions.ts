import { Effect } from "effect"
import { Argument, Command, Completions } from "effect/cli"
import { globalFlags } from "../globalFlags.ts"
import { printText } from "../output/Output.ts"
import { CommandTree } from "./CommandTree.ts"

const shells = ["bash", "zsh", "fish"] as const

/** The flags that every command takes. */
const everywhere = Completions.fromCommand(
  Command.make("every", Object.fromEntries(globalFlags.map(({ flag, id }) => [id, flag])))
).flags

const withGlobalFlags = (command: Completions.CommandDescriptor): Completions.CommandDescriptor => ({
  ...command,
  flags: [...command.flags, ...everywhere],
  subcommands: command.subcommands.map(withGlobalFlags)
})

export const completions = Command.make(
  "completions",
  { shell: Argument.Literals("shell", shells).pipe(Argument.withDescription("The shell that is to complete")) },
  Effect.fn("verbs.completions")(function* ({ shell }) {
    const tree = yield* yield* CommandTree
    yield* printText(Completions.generate("audiences", shell, withGlobalFlags(Completions.fromCommand(tree))))
  })
).pipe(
  Command.withDescription("Print a script that completes commands and flags in a shell"),
  Command.withExamples([
    { command: "source <(audiences completions bash)", description: "In ~/.bashrc" },
    { command: 'audiences completions zsh > "${fpath[1]}/_audiences"', description: "For zsh" },
    { command: "audiences completions fish > ~/.config/fish/completions/audiences.fish", description: "For fish" }
  ])
)

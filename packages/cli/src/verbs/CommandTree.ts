import { Context, type Effect } from "effect"
import type { Command } from "effect/cli"

/** The whole command line, every verb loaded, for what is about all of it: help, completions. */
export class CommandTree extends Context.Service<CommandTree, Effect.Effect<Command.Command.Any>>()(
  "@audiences/cli/CommandTree"
) {}

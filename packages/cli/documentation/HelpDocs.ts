import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer } from "effect"
import { CliConfig, CliOutput, Command, GlobalFlag, type HelpDoc } from "effect/cli"
import { audiences } from "@audiences/cli/audiences"
import type { AnyCommand } from "@audiences/cli/verbs/AnyCommand"
import { version } from "@audiences/cli/version"

const pathsOf = (
  command: Command.Command.Any,
  path: ReadonlyArray<string> = []
): ReadonlyArray<ReadonlyArray<string>> => [
  path,
  ...command.subcommands.flatMap(({ commands }) => commands.flatMap((sub) => pathsOf(sub, [...path, sub.name])))
]

/** What `--help` says of a command. */
const helpOf = (tree: AnyCommand, path: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    let found: HelpDoc.HelpDoc | undefined
    const presenter = CliOutput.Presenter.of({
      present: (event) =>
        Effect.sync(() => {
          if (event._tag === "Help") found = event.helpDoc
        })
    })
    const settings = Layer.mergeAll(
      NodeServices.layer,
      Layer.succeed(CliOutput.Presenter, presenter),
      CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version] })
    )
    const help = Command.runWith(tree as unknown as Command.Command<string, unknown>, { version })([...path, "--help"])
    yield* Effect.provide(help, settings)
    return { path, help: found! }
  })

/** The help of every command, from the root down, in the order in which it is listed. */
export const helpDocs = Effect.gen(function* () {
  const tree = yield* Effect.promise(() => audiences())
  return yield* Effect.forEach(pathsOf(tree), (path) => helpOf(tree as unknown as AnyCommand, path))
})

import { Cause, Effect, Layer, Logger } from "effect"
import { CliConfig, CliError, Command, GlobalFlag, TerminalCapabilities } from "effect/cli"
import { audiences, audiencesFor } from "./audiences.ts"
import { HostInUse } from "./connection/HostInUse.ts"
import * as RequestUuid from "./connection/RequestUuid.ts"
import { ExitCode } from "./ExitCode.ts"
import { explain } from "./failures/Failure.ts"
import { attachFields } from "./output/FieldArguments.ts"
import { note } from "./output/Note.ts"
import * as Presenter from "./output/Presenter.ts"
import { printableLines } from "./output/Printable.ts"
import { CommandTree } from "./verbs/CommandTree.ts"
import { version } from "./version.ts"

const isShowHelp = (error: unknown): error is CliError.ShowHelp =>
  CliError.isCliError(error) && error._tag === "ShowHelp"

/** What nobody foresaw, in one sentence; a stack helps nobody at a terminal. */
const unforeseen = (cause: Cause.Cause<unknown>) => {
  const error = Cause.squash(cause)
  return note(
    `The command broke: ${printableLines(error instanceof Error ? error.message : String(error))}. This is a fault of the command, not yours.`
  )
}

const settings = Layer.mergeAll(
  Presenter.layer,
  HostInUse.layer,
  RequestUuid.layer,
  Layer.succeed(
    CommandTree,
    Effect.promise(() => audiences())
  ),
  TerminalCapabilities.layer,
  // Data and progress are all there is to see; a log line among them would break whoever reads them.
  Logger.layer([]),
  CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version] })
)

/** Runs a command line to its end and gives the code to exit with. What went wrong has been said on standard error. */
export const run = (args: ReadonlyArray<string>) =>
  Effect.promise(() => audiencesFor(args)).pipe(
    Effect.flatMap((command) => Command.runWith(command, { version })(attachFields(args))),
    Effect.as<ExitCode>(ExitCode.ok),
    Effect.catch((error) => {
      // The faults of a command line have been presented. Without a fault, help was what was asked for.
      if (isShowHelp(error)) return Effect.succeed<ExitCode>(error.errors.length === 0 ? ExitCode.ok : ExitCode.usage)
      return Effect.gen(function* () {
        const { exitCode, lines } = yield* explain(error)
        yield* note(lines.map(printableLines).join("\n"))
        return exitCode
      })
    }),
    Effect.catchCause((cause) =>
      Cause.hasInterruptsOnly(cause) ? Effect.interrupt : Effect.as(unforeseen(cause), ExitCode.failure)
    ),
    Effect.provide(settings)
  )

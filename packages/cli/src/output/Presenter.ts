import { Effect, Layer, Stdio, Stream } from "effect"
import { CliOutput } from "effect/cli"
import { note } from "./Output.ts"
import { printable } from "./Printable.ts"

/** Help and version are what was asked for: standard output. A wrong command line gets its faults and where to look, not a page of help. */
export const layer = Layer.effect(
  CliOutput.Presenter,
  Effect.gen(function* () {
    const stdio = yield* Stdio.Stdio
    const formatter = CliOutput.defaultFormatter()
    const print = (text: string) => Effect.ignore(Stream.run(Stream.succeed(`${text}\n`), stdio.stdout()))
    return CliOutput.Presenter.of({
      present: (event) => {
        switch (event._tag) {
          case "Help":
            return print(formatter.formatHelpDoc(event.helpDoc))
          case "Version":
            return print(formatter.formatVersion(event.name, event.version))
          case "InvalidInvocation": {
            const faults = event.errors.flatMap((error) => error.message.split("\n")).map(printable)
            return Effect.provideService(
              note(
                [...faults, `Usage: ${event.helpDoc.usage}`, `More: ${event.commandPath.join(" ")} --help`].join("\n")
              ),
              Stdio.Stdio,
              stdio
            )
          }
        }
      }
    })
  })
)

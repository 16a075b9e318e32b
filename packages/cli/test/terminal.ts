import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import { type Cause, ConfigProvider, Effect, Layer, Option, Queue, Sink, Stdio, Stream, Terminal } from "effect"
import { ChildProcessSpawner } from "effect/process"
import { run } from "@audiences/cli/run"

export interface Situation {
  readonly env?: Record<string, string>
  /** Whether people look at the output. */
  readonly terminal?: boolean
  readonly columns?: number
  readonly stdin?: string
  /** Keys that a person presses when asked; a new line is Enter. Without them standard input is a pipe. */
  readonly keys?: string
}

const pressed = (character: string): Terminal.UserInput => ({
  input: character === "\n" || character === "\r" ? Option.none() : Option.some(character),
  key: {
    name: character === "\n" || character === "\r" ? "enter" : character,
    ctrl: false,
    meta: false,
    shift: false
  }
})

/** Runs a command line as if typed in such a situation, and gives all that it wrote; `shown` is what it drew on the terminal. */
export const typed = (
  args: ReadonlyArray<string>,
  { columns = 100, env = {}, keys, stdin = "", terminal = false }: Situation = {}
) =>
  Effect.gen(function* () {
    const written = { stdout: "", stderr: "", shown: "" }
    const input = yield* Queue.unbounded<Terminal.UserInput, Cause.Done>()
    yield* Queue.offerAll(input, Array.from(keys ?? "", pressed))
    const sink = (name: "stdout" | "stderr") => () =>
      Sink.forEach((chunk: string | Uint8Array) =>
        Effect.sync(() => {
          written[name] += typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk)
        })
      )
    const services = Layer.mergeAll(
      NodeFileSystem.layer,
      NodePath.layer,
      Stdio.layerTest({
        stdout: sink("stdout"),
        stderr: sink("stderr"),
        stdin: Stream.succeed(new TextEncoder().encode(stdin)),
        stdinIsTerminal: Effect.succeed(keys !== undefined),
        stdoutIsTerminal: Effect.succeed(terminal),
        stderrIsTerminal: Effect.succeed(terminal)
      }),
      Layer.succeed(
        Terminal.Terminal,
        Terminal.make({
          columns: Effect.succeed(columns),
          rows: Effect.succeed(24),
          size: Effect.die("unused"),
          readInput: Effect.succeed(input),
          readLine: Effect.die("unused"),
          display: (text) => Effect.sync(() => void (written.shown += text))
        })
      ),
      Layer.succeed(
        ChildProcessSpawner.ChildProcessSpawner,
        ChildProcessSpawner.make(() => Effect.die("unused"))
      ),
      ConfigProvider.layer(
        ConfigProvider.fromEnv({ env: { AUDIENCES_SECRET_KEY: "sk_test_secret", XDG_CONFIG_HOME: "/nowhere", ...env } })
      )
    )
    const exitCode = yield* Effect.provide(run(args), services)
    return { exitCode, ...written, lines: written.stdout.split("\n").slice(0, -1) }
  })

import { Effect, type Scope } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"

export interface ChildProgram {
  readonly pid: number
  /** Waits for a line of its output that begins with the text. */
  readonly said: (text: string) => Effect.Effect<string>
  /** Ends it as a crash would, and waits until it is gone. */
  readonly kill: Effect.Effect<void>
  readonly exited: Effect.Effect<number | null>
}

const gone = (child: ChildProcess) =>
  Effect.callback<number | null>((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) resume(Effect.succeed(child.exitCode))
    else child.once("exit", (code) => resume(Effect.succeed(code)))
  })

/** Runs a TypeScript program in a process of its own; it is killed, if it still runs, when the scope ends. */
export const childProgram = (
  file: string,
  args: ReadonlyArray<string>
): Effect.Effect<ChildProgram, never, Scope.Scope> =>
  Effect.gen(function* () {
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(process.execPath, ["--conditions=@audiences/source", file, ...args], {
          stdio: ["ignore", "pipe", "inherit"]
        })
      ),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    const lines: Array<string> = []
    const waiting = new Set<() => void>()
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line)
      for (const look of waiting) look()
    })
    const said = (text: string) =>
      Effect.callback<string>((resume) => {
        const look = () => {
          const line = lines.find((each) => each.startsWith(text))
          if (line === undefined) return
          waiting.delete(look)
          resume(Effect.succeed(line))
        }
        waiting.add(look)
        look()
      })
    const kill = Effect.andThen(
      Effect.sync(() => child.kill("SIGKILL")),
      Effect.asVoid(gone(child))
    )
    return { pid: child.pid!, said, kill, exited: gone(child) }
  })

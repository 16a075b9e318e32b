import { Clock, Context, Effect, Layer, Stdio, Stream, Terminal } from "effect"
import { cut } from "./Table.ts"

/** How far a job has come. */
export interface ProgressState {
  readonly label: string
  /** 0 to 100; absent when the end is not known. */
  readonly percent?: number
  readonly details: ReadonlyArray<string>
}

const barWidth = 24
/** Milliseconds between lines where they stay, as in a log, unless the label or the tenth of the way changes. */
const lineEvery = 5000
/** As above, while there is nothing new to say. */
const sameLineEvery = 60_000
const clearLine = "\r\u001b[K"

const percentText = (percent: number): string => `${Math.floor(percent)}%`.padStart(4)

const bar = (percent: number): string => {
  const full = Math.round((barWidth * percent) / 100)
  return `${"█".repeat(full)}${"░".repeat(barWidth - full)}`
}

const text = ({ details, label, percent }: ProgressState, withBar: boolean): string =>
  [
    label,
    ...(percent === undefined
      ? []
      : [withBar ? `${bar(percent)} ${percentText(percent)}` : percentText(percent).trim()]),
    ...details
  ].join("  ")

/** Shows on standard error how a job gets on: one line that changes on a terminal, a line now and then elsewhere. */
export class Progress extends Context.Service<
  Progress,
  {
    readonly show: (state: ProgressState) => Effect.Effect<void>
    /** Takes the changing line away. */
    readonly end: Effect.Effect<void>
  }
>()("@audiences/cli/Progress") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const stdio = yield* Stdio.Stdio
      const { columns } = yield* Terminal.Terminal
      const write = (text: string) => Effect.ignore(Stream.run(Stream.succeed(text), stdio.stderr()))
      if (yield* stdio.stderrIsTerminal) {
        return {
          show: (state) =>
            Effect.flatMap(columns, (width) => write(clearLine + cut(text(state, true), (width || 80) - 1))),
          end: write(clearLine)
        }
      }
      let lastStep = "",
        lastLine = "",
        lastAt = -Infinity
      return {
        show: Effect.fnUntraced(function* (state) {
          const now = yield* Clock.currentTimeMillis
          const step = `${state.label} ${Math.floor((state.percent ?? 0) / 10)}`
          const line = text(state, false)
          if (step === lastStep && now - lastAt < (line === lastLine ? sameLineEvery : lineEvery)) return
          lastStep = step
          lastAt = now
          lastLine = line
          yield* write(`${line}\n`)
        }),
        end: Effect.void
      }
    })
  )
}

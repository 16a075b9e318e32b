import { Duration, Effect } from "effect"

/**
 * Ends a postmaster: fast (disconnects clients, writes a checkpoint); if that takes too long immediately (recovers at the
 * next start, loses nothing committed); at last by force. Waits until it is gone.
 */
export const shutDown = Effect.fnUntraced(function* (
  pid: number,
  gone: Effect.Effect<void>,
  patience: Duration.Duration
) {
  const steps = [
    ["SIGINT", patience],
    ["SIGQUIT", Duration.seconds(5)],
    ["SIGKILL", Duration.seconds(5)]
  ] as const
  for (const [signal, wait] of steps) {
    yield* Effect.sync(() => send(pid, signal))
    if ((yield* gone.pipe(Effect.timeoutOption(wait)))._tag === "Some") return
    yield* Effect.logWarning(`PostgreSQL (process ${pid}) has not ended ${Duration.format(wait)} after ${signal}`)
  }
})

const send = (pid: number, signal: NodeJS.Signals) => {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error
  }
}

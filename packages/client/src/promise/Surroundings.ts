/* eslint-disable no-restricted-globals, no-restricted-properties -- programs without Effect have no services for time and chance */

/** Milliseconds since 1970. */
export const now = (): number => Date.now()

/** At least 0, below 1. */
export const random = (): number => Math.random()

/** Longer waits overflow in `setTimeout` and end at once. */
const longestTimer = 2_147_483_647

/** Runs `action` after some time; gives what undoes that. */
export const after = (millis: number, action: () => void): (() => void) => {
  if (millis > longestTimer) return () => {}
  const timer = setTimeout(action, millis)
  return () => clearTimeout(timer)
}

/** Ends with the reason of the signal, if that comes first. */
export const sleep = (millis: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = () => {
      cancel()
      reject(signal?.reason)
    }
    const cancel = after(millis, () => {
      signal?.removeEventListener("abort", stop)
      resolve()
    })
    signal?.addEventListener("abort", stop, { once: true })
  })

import { after } from "./Surroundings.ts"

/** A signal that aborts after some time, or when another one does. Has to be released. */
export class TimeLimit {
  readonly #controller = new AbortController()
  readonly #outer: AbortSignal | undefined
  readonly #stop: () => void
  readonly #cancel: () => void
  /** Whether it was the time that ran out. */
  passed = false

  constructor(millis: number | undefined, outer: AbortSignal | undefined) {
    this.#outer = outer
    this.#stop = () => this.#controller.abort(outer?.reason)
    this.#cancel =
      millis === undefined
        ? () => {}
        : after(millis, () => {
            this.passed = true
            this.#controller.abort()
          })
    if (outer?.aborted) this.#stop()
    else outer?.addEventListener("abort", this.#stop, { once: true })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** No longer limits the time; still follows the other signal. */
  lift(): void {
    this.#cancel()
  }

  release(): void {
    this.#cancel()
    this.#outer?.removeEventListener("abort", this.#stop)
  }
}

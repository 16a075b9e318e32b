import { type AttemptEnd, isServed } from "./RetryDecision.ts"

export interface CircuitLimits {
  /** Attempts that fail one after the other before the circuit opens: 5xx answers, and none. */
  readonly failures: number
  /** How long it stays open; then one attempt tries the server. */
  readonly openMillis: number
}

/** Undefined: the attempt was given up, which says nothing of the server. */
export type AttemptEnded = (end: AttemptEnd | undefined, now: number) => void

export const defaultCircuit: CircuitLimits = { failures: 10, openMillis: 10_000 }

/** Stops asking a server that keeps failing, so that callers learn it at once and the server can recover. */
export class CircuitBreaker {
  readonly #limits: CircuitLimits
  #failures = 0
  #openUntil = 0
  #trying = false

  constructor(limits: CircuitLimits) {
    this.#limits = limits
  }

  /** Lets an attempt go ahead, and takes how it has ended; or the milliseconds until it is worth asking again. */
  begin(now: number): AttemptEnded | number {
    if (this.#failures < this.#limits.failures) return (end, endedAt) => this.#ended(end, endedAt)
    if (now < this.#openUntil) return this.#openUntil - now
    if (this.#trying) return 1
    this.#trying = true
    return (end, endedAt) => {
      this.#trying = false
      this.#ended(end, endedAt)
    }
  }

  #ended(end: AttemptEnd | undefined, now: number): void {
    if (end === undefined || end?.status === 429) return
    if (isServed(end)) {
      this.#failures = 0
      return
    }
    this.#failures += 1
    if (this.#failures >= this.#limits.failures) this.#openUntil = now + this.#limits.openMillis
  }
}

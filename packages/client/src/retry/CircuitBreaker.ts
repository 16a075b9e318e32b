import { type AttemptEnd, isServed } from "./RetryDecision.ts"

export interface CircuitLimits {
  /** Attempts that fail one after the other before the circuit opens: 5xx answers, and none. */
  readonly failures: number
  /** How long it stays open; then one attempt tries the server. */
  readonly openMillis: number
}

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

  /** 0: go ahead, and tell how it ended. Otherwise the milliseconds until it is worth asking again. */
  waitMillis(now: number): number {
    if (this.#failures < this.#limits.failures) return 0
    if (now < this.#openUntil) return this.#openUntil - now
    if (this.#trying) return 1
    this.#trying = true
    return 0
  }

  /** How an attempt that went ahead has ended. Undefined: it was given up, which says nothing of the server. */
  ended(end: AttemptEnd | undefined, now: number): void {
    this.#trying = false
    if (end === undefined || end?.status === 429) return
    if (isServed(end)) {
      this.#failures = 0
      return
    }
    this.#failures += 1
    if (this.#failures >= this.#limits.failures) this.#openUntil = now + this.#limits.openMillis
  }
}

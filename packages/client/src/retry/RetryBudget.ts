export interface RetryBudgetSize {
  /** Retries that may follow each other without a success between them. */
  readonly retries: number
  /** What each success gives back, in retries. */
  readonly perSuccess: number
}

/** A tenth more load, at most, is what retries add to a server that is down for long. */
export const defaultBudget: RetryBudgetSize = { retries: 20, perSuccess: 0.1 }

/**
 * What all calls of a client may spend on retries together, after 5xx answers and none. While it is used up such failures go to the
 * caller at once, so that many clients do not multiply the load of a server that fails. Waiting out a rate limit costs nothing.
 */
export class RetryBudget {
  readonly #size: RetryBudgetSize
  #left: number

  constructor(size: RetryBudgetSize = defaultBudget) {
    this.#size = size
    this.#left = size.retries
  }

  /** False: there is none left. */
  spend(): boolean {
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }

  succeeded(): void {
    this.#left = Math.min(this.#size.retries, this.#left + this.#size.perSuccess)
  }
}

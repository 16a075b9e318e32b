import { retryAfterMillis } from "./RetryAfter.ts"

/** How often and how long a call is tried again; times in milliseconds. */
export interface RetryLimits {
  /** Attempts after the first. Waiting for another attempt of the same request to be answered is none, unless this is 0. */
  readonly retries: number
  /** The wait before the first retry, doubled before each further one, and shortened at random by up to half. */
  readonly delayMillis: number
  /** No wait of the client's own choice is longer. */
  readonly longestDelayMillis: number
  /** A wait that would end later than this after the first attempt began is not begun: the caller gets the last answer instead. */
  readonly totalMillis: number
  /** Answers, besides 429, after which a call that may be done twice is tried again. */
  readonly statuses: ReadonlyArray<number>
  /**
   * Whether a POST may be done twice. It carries an idempotency key, but only a host that stores keys makes repeating it safe: the
   * server of this project does, not every host of the contract.
   */
  readonly posts: boolean
}

const defaultLimits: RetryLimits = {
  retries: 4,
  // A hiccup is over in a quarter of a second; five attempts then span the few seconds of a restart.
  delayMillis: 250,
  longestDelayMillis: 8000,
  // A rate limit of a minute can be waited out once.
  totalMillis: 90_000,
  statuses: [503],
  posts: false
}

/** What is absent, or undefined in a program without types, is as by default. */
export const limitsOf = (chosen: {
  readonly [Key in keyof RetryLimits]?: RetryLimits[Key] | undefined
}): RetryLimits => ({
  ...defaultLimits,
  ...Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined))
})

/** How an attempt ended. Null: no answer came, or it broke off. */
export type AttemptEnd = { readonly status: number; readonly retryAfter: string | undefined } | null

export interface FailedAttempt {
  readonly method: string
  readonly end: AttemptEnd
  /** Retries before this attempt. */
  readonly retried: number
  /** When the first attempt began, and now, in milliseconds since 1970. */
  readonly startedAt: number
  readonly now: number
  /** At least 0, below 1. */
  readonly random: number
}

const idempotent = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])

/**
 * A request with the same idempotency key is being answered. That one is no failure: it is waited for, and its answer is ours.
 */
export const isInFlight = (end: AttemptEnd): boolean =>
  end !== null && end.status === 409 && end.retryAfter !== undefined

/** The server did what it is there for, if only to refuse. */
export const isServed = (end: AttemptEnd): boolean => end !== null && end.status < 500 && end.status !== 429

/** Whether a retry burdens a server that fails, rather than doing what the server asks for. */
export const isBurden = (end: AttemptEnd): boolean => end === null || end.status >= 500

/** 429: any request, since the server did not do the work. Other failures and no answer: those that may be done twice. */
const mayRepeat = ({ posts, statuses }: RetryLimits, method: string, end: AttemptEnd): boolean => {
  if (end !== null && (end.status === 429 || isInFlight(end))) return true
  return (end === null || statuses.includes(end.status)) && (idempotent.has(method) || (posts && method === "POST"))
}

/** How many milliseconds to wait before the next attempt; null: there is none. */
export const waitBeforeRetry = (limits: RetryLimits, attempt: FailedAttempt): number | null => {
  const { end, method, now, random, retried, startedAt } = attempt
  if (!mayRepeat(limits, method, end)) return null
  if (retried >= limits.retries && !(isInFlight(end) && limits.retries > 0)) return null
  const jittered = Math.min(limits.longestDelayMillis, limits.delayMillis * 2 ** retried) * (0.5 + random / 2)
  const asked = retryAfterMillis(end?.retryAfter, now)
  // Clients that were told the same instant do not all come back at it.
  const wait = asked > 0 ? asked + jittered / 2 : jittered
  return now + wait - startedAt > limits.totalMillis ? null : wait
}

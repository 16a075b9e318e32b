import type { CircuitLimits } from "../retry/CircuitBreaker.ts"
import type { RetryBudgetSize } from "../retry/RetryBudget.ts"
import type { RetryLimits } from "../retry/RetryDecision.ts"
import type { Hooks } from "./Hooks.ts"
import type { ApiKeyOption } from "./KeySource.ts"
import type { Tracer } from "./Tracer.ts"

/** What may differ from call to call: `client.with({ signal }).audiences.get(id)`. */
export interface CallOptions {
  /** Gives the call up; it then fails with the reason of the signal. */
  readonly signal?: AbortSignal
  /** Milliseconds that one attempt may take; 30,000 unless given. Files on their way up have all the time they need. */
  readonly timeoutMillis?: number
  /** Milliseconds that a call may take with all its attempts and waits; as long as they take, unless given. */
  readonly callTimeoutMillis?: number
  /** After which failures a call is tried again, how often and how long. `{ retries: 0 }` leaves it to the caller. */
  readonly retry?: Partial<RetryLimits>
  /** Of one POST: the same key again gives the first answer again. A random one for every call unless given. */
  readonly idempotencyKey?: string
  /** Of one call: the `X-Request-Id` under which the server logs it. A random one unless given. */
  readonly requestId?: string
}

export interface ClientOptions extends CallOptions {
  /** The address of any host of the contract, with its base path; a server on this machine unless given. */
  readonly baseUrl?: string
  /** `sk_live_…` or `sk_test_…`, or a function that gets one: it is asked again when the server no longer knows the key. */
  readonly apiKey: ApiKeyOption
  /** What all calls together may spend on retries. */
  readonly retryBudget?: RetryBudgetSize
  /** Stops asking a server that keeps failing; `true` for ten failures and ten seconds. Never, unless given. */
  readonly circuitBreaker?: CircuitLimits | true
  /** Told of every attempt. */
  readonly hooks?: Hooks
  /** Makes spans; none unless given. */
  readonly tracer?: Tracer
  /** Another implementation of `fetch`. */
  readonly fetch?: typeof globalThis.fetch
}

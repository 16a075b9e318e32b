import { defaultBaseUrl } from "../BaseUrl.ts"
import { CircuitBreaker, defaultCircuit } from "../retry/CircuitBreaker.ts"
import { RetryBudget } from "../retry/RetryBudget.ts"
import type { ClientOptions } from "./ClientOptions.ts"
import type { Hooks } from "./Hooks.ts"
import { KeySource } from "./KeySource.ts"
import type { Tracer } from "./Tracer.ts"

/** What the calls of a client share, whatever options they differ in. */
export interface Foundations {
  readonly fetch: typeof globalThis.fetch
  readonly baseUrl: string
  readonly key: KeySource
  readonly budget: RetryBudget
  readonly circuit: CircuitBreaker | undefined
  readonly hooks: Hooks
  readonly tracer: Tracer | undefined
}

export const foundationsOf = (options: ClientOptions): Foundations => ({
  // Never a method: browsers refuse a `fetch` that is called on another object than theirs.
  fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
  baseUrl: options.baseUrl ?? defaultBaseUrl,
  key: new KeySource(options.apiKey),
  budget: new RetryBudget(options.retryBudget),
  circuit:
    options.circuitBreaker === undefined
      ? undefined
      : new CircuitBreaker(options.circuitBreaker === true ? defaultCircuit : options.circuitBreaker),
  hooks: options.hooks ?? {},
  tracer: options.tracer
})

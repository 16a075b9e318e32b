import { AudiencesError } from "../AudiencesError.ts"
import type { AttemptEndEvent } from "../retry/AttemptEvent.ts"
import { type AttemptEnd, isBurden, isServed, limitsOf, waitBeforeRetry } from "../retry/RetryDecision.ts"
import { type Answer, attempt, type AttemptOutcome } from "./Attempt.ts"
import type { CallOptions } from "./ClientOptions.ts"
import type { Foundations } from "./Foundations.ts"
import { now, random, sleep } from "./Surroundings.ts"

/** A request, and how it may be sent. */
export interface Call {
  readonly method: string
  readonly url: string
  /** The URL without its query, which may name people: for messages, hooks and spans. */
  readonly place: string
  /** The path without ids. */
  readonly route: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: BodyInit
  /** Whether the body can be sent a second time. */
  readonly replayable: boolean
  /** The answer is read as it comes. */
  readonly streamed: boolean
  readonly requestId: string
  /** To another host than the one of the contract: without the key, and of no concern to hooks and circuit. */
  readonly foreign: boolean
}

const defaultTimeoutMillis = 30_000

/** One call with all its attempts. */
export class Sending {
  readonly #foundations: Foundations
  readonly #options: CallOptions
  readonly #call: Call
  readonly #signal: AbortSignal
  readonly #traceparent: string | undefined
  #renewed = false
  attempts = 0

  constructor(
    foundations: Foundations,
    options: CallOptions,
    call: Call,
    signal: AbortSignal,
    traceparent: string | undefined
  ) {
    this.#foundations = call.foreign ? { ...foundations, hooks: {}, circuit: undefined } : foundations
    this.#options = options
    this.#call = call
    this.#signal = signal
    this.#traceparent = traceparent
  }

  /** The answer to the last attempt, whatever it says. Fails if that was not answered. */
  async answer(): Promise<Answer> {
    const { budget, hooks } = this.#foundations
    const limits = limitsOf(this.#options.retry ?? {})
    const startedAt = now()
    for (let retried = 0; ; retried++) {
      const { end, event, outcome } = await this.#authorized()
      if (isServed(end)) budget.succeeded()
      const failed = { method: this.#call.method, end, retried, startedAt, now: now(), random: random() }
      const waitMillis = this.#call.replayable ? waitBeforeRetry(limits, failed) : null
      if (waitMillis === null || (isBurden(end) && !budget.spend())) return this.#given(outcome)
      hooks.onRetry?.({ ...event, waitMillis })
      await sleep(waitMillis, this.#signal)
    }
  }

  #given(outcome: AttemptOutcome): Answer {
    if (outcome._tag === "Answer") return outcome.answer
    const { place, requestId } = this.#call
    throw new AudiencesError(0, `No answer from ${place}: ${outcome.why}`, { cause: outcome.cause, requestId })
  }

  /** A key that is no longer known is renewed, once in a call; its attempt does not count. */
  async #authorized() {
    if (this.#call.foreign) return this.#once(undefined)
    const { key } = this.#foundations
    const shown = await key.current()
    const done = await this.#once(shown)
    if (done.end?.status !== 401 || this.#renewed) return done
    this.#renewed = true
    const other = await key.renewed(shown)
    return other === null ? done : this.#once(other)
  }

  async #once(key: string | undefined) {
    const { circuit, fetch, hooks } = this.#foundations
    const { body, method, place, requestId, streamed, url } = this.#call
    const ended = circuit?.begin(now())
    if (typeof ended === "number") throw this.#circuitOpen(ended)
    let end: AttemptEnd | undefined
    try {
      const headers = this.#headers(key)
      const request = { method, url: place, requestId, attempt: ++this.attempts }
      const startedAt = now()
      hooks.onRequest?.({ ...request, headers })
      const timeoutMillis = this.#call.foreign ? undefined : (this.#options.timeoutMillis ?? defaultTimeoutMillis)
      const outgoing = { method, url, headers, ...(body === undefined ? {} : { body }) }
      const outcome = await attempt(fetch, outgoing, { timeoutMillis, signal: this.#signal }, streamed)
      end = endOf(outcome)
      const event: AttemptEndEvent = { ...request, status: end?.status ?? 0, elapsedMillis: now() - startedAt }
      hooks.onResponse?.(event)
      return { outcome, end, event }
    } finally {
      ended?.(end, now())
    }
  }

  #circuitOpen(waitMillis: number): AudiencesError {
    const { place, requestId } = this.#call
    const why = `the server failed too often; it is asked again in ${Math.ceil(waitMillis / 1000)} s`
    return new AudiencesError(0, `Not sent to ${place}: ${why}`, { kind: "CircuitOpen", requestId })
  }

  #headers(key: string | undefined): Headers {
    const headers = new Headers(this.#call.headers)
    if (key !== undefined) headers.set("authorization", `Bearer ${key}`)
    if (this.#traceparent !== undefined) headers.set("traceparent", this.#traceparent)
    return headers
  }
}

const endOf = (outcome: AttemptOutcome): AttemptEnd =>
  outcome._tag === "NoAnswer"
    ? null
    : { status: outcome.answer.status, retryAfter: outcome.answer.headers.get("retry-after") ?? undefined }

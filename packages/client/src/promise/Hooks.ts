/** An attempt of a call that is about to leave. */
export interface AttemptEvent {
  readonly method: string
  readonly url: string
  /** One for all attempts of a call. */
  readonly requestId: string
  /** 1 for the first. */
  readonly attempt: number
  /** As they will be sent, the key among them; may be added to. */
  readonly headers: Headers
}

/** How an attempt ended. */
export interface AttemptEndEvent extends AttemptEvent {
  /** 0: no answer came. */
  readonly status: number
  readonly elapsedMillis: number
}

export interface RetryEvent extends AttemptEndEvent {
  /** How long the client waits before the next attempt. */
  readonly waitMillis: number
}

/** Functions that are told what a client does. What they throw fails the call. */
export interface Hooks {
  readonly onRequest?: (event: AttemptEvent) => void
  readonly onResponse?: (event: AttemptEndEvent) => void
  readonly onRetry?: (event: RetryEvent) => void
}

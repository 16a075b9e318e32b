/** An attempt of a call that is about to leave. */
export interface AttemptEvent {
  readonly method: string
  /** Without its query, which may name people. */
  readonly url: string
  /** One for all attempts of a call. */
  readonly requestId: string
  /** 1 for the first. */
  readonly attempt: number
}

/** How an attempt ended. */
export interface AttemptEndEvent extends AttemptEvent {
  /** 0: no answer came. */
  readonly status: number
  readonly elapsedMillis: number
}

/** An attempt that is followed by another. */
export interface RetryEvent extends AttemptEndEvent {
  /** How long the client waits before the next. */
  readonly waitMillis: number
}

import type { AttemptEndEvent, AttemptEvent, RetryEvent } from "../retry/AttemptEvent.ts"

/** Functions that are told what a client does. What they throw fails the call. */
export interface Hooks {
  /** `headers` are those that will be sent, the key among them; they may be added to. */
  readonly onRequest?: (event: AttemptEvent & { readonly headers: Headers }) => void
  readonly onResponse?: (event: AttemptEndEvent) => void
  readonly onRetry?: (event: RetryEvent) => void
}

import { type Duration, Effect } from "effect"
import { HttpClient } from "effect/http"
import { attemptTimeout } from "./AttemptTimeout.ts"
import { Authentication } from "./Authentication.ts"
import { withIdempotencyKey } from "./Idempotency.ts"
import { Retry } from "./Retry.ts"

export { defaultBaseUrl } from "./BaseUrl.ts"

/** The stack of a call, from the inside out: attempt, its time limit, its key, retries, the idempotency key they share. */
export const connection = Effect.fnUntraced(function* (timeout: Duration.Input = "30 seconds") {
  const client = yield* HttpClient.HttpClient
  const authenticate = yield* Authentication
  const retry = yield* Retry
  return client.pipe(attemptTimeout(timeout), authenticate, retry, withIdempotencyKey)
})

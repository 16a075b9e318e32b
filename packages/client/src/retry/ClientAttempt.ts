import type { Result } from "effect"
import type { HttpClientError, HttpClientResponse } from "effect/http"
import type { AttemptEnd } from "./RetryDecision.ts"

/** How an attempt of an HTTP client ended. Undefined: it never left, or its answer is of no use, and another would be no better. */
export const endOf = (
  outcome: Result.Result<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError>
): AttemptEnd | undefined => {
  if (outcome._tag === "Failure") return outcome.failure.reason._tag === "TransportError" ? null : undefined
  const { headers, status } = outcome.success
  return { status, retryAfter: headers["retry-after"] }
}

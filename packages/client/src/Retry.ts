import { Clock, Context, Duration, Effect, identity, Layer, Random } from "effect"
import { HttpClient, type HttpClientError, type HttpClientRequest, type HttpClientResponse } from "effect/http"
import { circuitOpen } from "./Circuit.ts"
import { CurrentCall } from "./CurrentCall.ts"
import { endOf } from "./retry/ClientAttempt.ts"
import { defaultBudget, RetryBudget, type RetryBudgetSize } from "./retry/RetryBudget.ts"
import { isBurden, isServed, limitsOf, type RetryLimits, waitBeforeRetry } from "./retry/RetryDecision.ts"

type Outcome = Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError>

/** How often and how long a call is tried again: `RetryLimits`, with its times as durations. */
export interface RetryPolicy {
  readonly retries: number
  readonly delay: Duration.Input
  readonly longestDelay: Duration.Input
  readonly total: Duration.Input
  readonly statuses: ReadonlyArray<number>
  readonly posts: boolean
  /** Of all calls together. */
  readonly budget: RetryBudgetSize
}

const millis = (duration: Duration.Input | undefined) =>
  duration === undefined ? undefined : Duration.toMillis(duration)

const millisOf = ({ delay, longestDelay, posts, retries, statuses, total }: Partial<RetryPolicy>): RetryLimits =>
  limitsOf({
    retries,
    delayMillis: millis(delay),
    longestDelayMillis: millis(longestDelay),
    totalMillis: millis(total),
    statuses,
    posts
  })

const retrying = (
  limits: RetryLimits,
  budget: RetryBudget,
  request: HttpClientRequest.HttpClientRequest,
  attempt: Outcome
): Outcome =>
  Effect.gen(function* () {
    const startedAt = yield* Clock.currentTimeMillis
    for (let retried = 0; ; retried++) {
      const outcome = yield* Effect.result(attempt)
      const end = endOf(outcome)
      const refused = outcome._tag === "Failure" && circuitOpen(outcome.failure) !== undefined
      if (end === undefined || refused) return yield* Effect.fromResult(outcome)
      if (isServed(end)) budget.succeeded()
      const now = yield* Clock.currentTimeMillis
      const random = yield* Random.next
      const wait = waitBeforeRetry(limits, { method: request.method, end, retried, startedAt, now, random })
      if (wait === null || (isBurden(end) && !budget.spend())) return yield* Effect.fromResult(outcome)
      const { hooks, last } = yield* CurrentCall
      if (hooks.onRetry !== undefined && last !== undefined) yield* hooks.onRetry({ ...last, waitMillis: wait })
      yield* Effect.sleep(Duration.millis(wait))
    }
  })

/** Which failures are tried again, how often and how long. */
export class Retry extends Context.Service<Retry, (client: HttpClient.HttpClient) => HttpClient.HttpClient>()(
  "@audiences/client/Retry"
) {
  /** As the policy says, and otherwise four times within 90 seconds; what all calls together may spend on it is limited. */
  static readonly layer = (policy: Partial<RetryPolicy> = {}) =>
    Layer.sync(this, () => {
      const limits = millisOf(policy)
      const budget = new RetryBudget(policy.budget ?? defaultBudget)
      return (client) =>
        // Not `HttpClient.transform`: it prepares the request once, and a renewed key would not reach the later attempts.
        HttpClient.makeWith<HttpClientError.HttpClientError, never, HttpClientError.HttpClientError, never>(
          Effect.flatMap((request) => retrying(limits, budget, request, client.execute(request))),
          Effect.succeed
        )
    })

  /** Every failure goes to the caller at once. */
  static readonly layerNone = Layer.succeed(this, identity)
}

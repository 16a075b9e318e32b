import { Clock, Context, DateTime, Duration, Effect, identity, Layer, Option, Random } from "effect"
import { HttpClient, type HttpClientError, type HttpClientRequest, type HttpClientResponse } from "effect/http"

type Outcome = Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError>

/** How often and how long a call is tried again. */
export interface RetryPolicy {
  /** Attempts after the first. Waiting for another attempt of the same request to be answered is none, unless this is 0. */
  readonly retries: number
  /** The wait before the first retry, doubled before each further one, and shortened at random by up to half. */
  readonly delay: Duration.Input
  /** No wait of the client's own choice is longer. */
  readonly longestDelay: Duration.Input
  /** A wait that would end later than this after the first attempt began is not begun: the caller gets the last answer instead. */
  readonly total: Duration.Input
}

const defaultPolicy: RetryPolicy = {
  retries: 4,
  // A hiccup is over in a quarter of a second; five attempts then span the few seconds of a restart.
  delay: "250 millis",
  longestDelay: "8 seconds",
  // A rate limit of a minute can be waited out once.
  total: "90 seconds"
}

const idempotent = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])

/**
 * A request with the same idempotency key is being answered. That one is no failure: it is waited for, and its answer is ours.
 */
const isInFlight = ({ headers, status }: HttpClientResponse.HttpClientResponse): boolean =>
  status === 409 && headers["retry-after"] !== undefined

/**
 * Which answers are tried again. 429: any request, since the server did not do the work. 503: those that may be done twice.
 * A POST carries an idempotency key, but only a host that stores keys would make repeating it safe, and not every host does.
 */
const isTransient = (
  request: HttpClientRequest.HttpClientRequest,
  response: HttpClientResponse.HttpClientResponse
): boolean =>
  response.status === 429 || isInFlight(response) || (response.status === 503 && idempotent.has(request.method))

const isTransportFault = (
  request: HttpClientRequest.HttpClientRequest,
  error: HttpClientError.HttpClientError
): boolean => error.reason._tag === "TransportError" && idempotent.has(request.method)

/** What `Retry-After` asks for, in milliseconds from `now`: whole seconds, or an HTTP date. */
const retryAfterMillis = (header: string | undefined, now: number): number => {
  if (header === undefined) return 0
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000
  return Option.match(DateTime.make(header), {
    onNone: () => 0,
    onSome: (at) => Math.max(0, DateTime.toEpochMillis(at) - now)
  })
}

const retrying = (policy: RetryPolicy, request: HttpClientRequest.HttpClientRequest, attempt: Outcome): Outcome =>
  Effect.gen(function* () {
    const longest = Duration.toMillis(policy.longestDelay)
    const startedAt = yield* Clock.currentTimeMillis
    for (let retry = 0; ; retry++) {
      const outcome = yield* Effect.result(attempt)
      const again =
        outcome._tag === "Success" ? isTransient(request, outcome.success) : isTransportFault(request, outcome.failure)
      const waits = outcome._tag === "Success" && isInFlight(outcome.success) && policy.retries > 0
      if (!again || (retry >= policy.retries && !waits)) return yield* Effect.fromResult(outcome)
      const now = yield* Clock.currentTimeMillis
      const backoff = Math.min(longest, Duration.toMillis(policy.delay) * 2 ** retry)
      const jittered = backoff * (0.5 + (yield* Random.next) / 2)
      const asked = outcome._tag === "Success" ? retryAfterMillis(outcome.success.headers["retry-after"], now) : 0
      // Clients that were told the same instant do not all come back at it.
      const wait = asked > 0 ? asked + jittered / 2 : jittered
      if (now + wait - startedAt > Duration.toMillis(policy.total)) return yield* Effect.fromResult(outcome)
      yield* Effect.sleep(Duration.millis(wait))
    }
  })

/** Which failures are tried again, how often and how long. */
export class Retry extends Context.Service<Retry, (client: HttpClient.HttpClient) => HttpClient.HttpClient>()(
  "@audiences/client/Retry"
) {
  static readonly layer = (policy: Partial<RetryPolicy> = {}) =>
    Layer.succeed(this, (client) => {
      const whole = { ...defaultPolicy, ...policy }
      // Not `HttpClient.transform`: it prepares the request once, and a renewed key would not reach the later attempts.
      return HttpClient.makeWith<HttpClientError.HttpClientError, never, HttpClientError.HttpClientError, never>(
        Effect.flatMap((request) => retrying(whole, request, client.execute(request))),
        Effect.succeed
      )
    })

  /** Every failure goes to the caller at once. */
  static readonly layerNone = Layer.succeed(this, identity)
}
